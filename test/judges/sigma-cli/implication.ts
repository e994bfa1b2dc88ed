import { ANY, keyOf, type Leaf, ONE, type Tree } from './tree.ts';

/**
 * Whether what passes `strong` passes `weak` for certain, as far as the form of the two shows; both
 * normal.
 */
export function implies(strong: Tree, weak: Tree): boolean {
  if (keyOf(strong) === keyOf(weak)) return true;
  if (weak.kind === 'all') return weak.operands.every((operand) => implies(strong, operand));
  if (strong.kind === 'any') return strong.operands.every((operand) => implies(operand, weak));
  if (weak.kind === 'any' && weak.operands.some((operand) => implies(strong, operand))) return true;
  if (strong.kind === 'all') return strong.operands.some((operand) => implies(operand, weak));
  if (
    strong.kind === 'not' &&
    weak.kind === 'not' &&
    strong.operand.kind === 'leaf' &&
    weak.operand.kind === 'leaf'
  ) {
    return leafImplies(weak.operand, strong.operand);
  }
  return strong.kind === 'leaf' && weak.kind === 'leaf' && leafImplies(strong, weak);
}

function leafImplies(strong: Leaf, weak: Leaf): boolean {
  if (
    strong.test.kind === 'same' &&
    weak.test.kind === 'exists' &&
    weak.field === strong.test.other
  )
    return true;
  if (strong.field !== weak.field) return false;
  // a test of a value is false for a field that is missing
  if (weak.test.kind === 'exists') return true;
  if (weak.test.kind !== 'glob') return false;
  const pattern = weak.test.cased ? weak.test.text : weak.test.text.toLowerCase();
  if (strong.test.kind === 'glob') {
    const text = weak.test.cased ? strong.test.text : strong.test.text.toLowerCase();
    return strong.field === undefined ? holdsWords(text, pattern) : covers(pattern, text);
  }
  if (strong.test.kind !== 'regex') return false;
  return holdsWords(regexLiterals(strong.test.source), pattern);
}

/**
 * Whether each text that the glob `inner` matches is matched by `outer`: a wildcard of `inner` is a
 * character that only wildcards match.
 */
function covers(outer: string, inner: string): boolean {
  let source = '';
  for (const char of outer)
    source +=
      char === ANY
        ? '[^]*'
        : char === ONE
          ? '[^\\uE000]'
          : char.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`^${source}$`, 'u').test(inner);
}

/** The literal parts of the pattern stand in the text one after the other. */
export function holdsWords(text: string, pattern: string): boolean {
  let at = 0;
  for (const part of pattern.split(/[\uE000\uE001]/)) {
    at = text.indexOf(part, at);
    if (at < 0) return false;
    at += part.length;
  }
  return true;
}

const controls: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\t': '\t' };

/**
 * The characters of a regular expression that stand for themselves, roughly: without groups,
 * repeats, escapes and the brackets of `[.]`.
 */
export function regexLiterals(source: string): string {
  const tokens =
    source.match(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\{\d+(?:,\d*)?\}|\(\?:|[\s\S]/g) ?? [];
  const texts = tokens.map((token) => {
    if (token.startsWith('\\') && token.length === 2) return controls[token] ?? token.slice(1);
    if (/^\[[^\]\\]\]$/.test(token)) return token.slice(1, -1);
    return token.length > 1 || '()?+'.includes(token) ? '' : token;
  });
  return texts.join('').toLowerCase();
}

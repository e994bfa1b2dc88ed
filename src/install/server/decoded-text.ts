/** A text with its escapes read, and where in the original each of its characters comes from. */
interface Decoded {
  readonly text: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * HTML entities, escapes of JSON and URLs; what may stand between letters and is not seen: tags,
 * line breaks, control characters and others of no width.
 */
const escapes = new RegExp(
  [
    /&#(\d{1,7});?|&#x([0-9a-f]{1,6});?|&(amp|lt|gt|quot|apos);/,
    /\\+(?:u([0-9a-f]{4})|x([0-9a-f]{2})|["'/\\])/,
    /((?:%[c-f][0-9a-f])(?:%[89ab][0-9a-f])+|%[0-7][0-9a-f])/,
    /<\/?(?:wbr|br|b|i|em|span|code|mark)\b[^<>]{0,100}>|[\p{Cc}\p{Cf}]+/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'giu',
);

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function meaningOf(
  whole: string,
  [decimal, hexadecimal, name, unit, byte, percent]: readonly (string | undefined)[],
): string {
  const code =
    decimal === undefined
      ? Number.parseInt(hexadecimal ?? unit ?? byte ?? '', 16)
      : Number(decimal);
  if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : '';
  if (name !== undefined) return named[name.toLowerCase()] ?? '';
  if (percent !== undefined)
    return Buffer.from(percent.replaceAll('%', ''), 'hex').toString('utf8');
  return whole.startsWith('\\') ? whole.slice(-1) : '';
}

/** Undefined: there is nothing to read. */
function decodedOnce({ text, from, to }: Decoded): Decoded | undefined {
  const next = { text: '', from: [] as number[], to: [] as number[] };
  let at = 0;
  const copy = (end: number): void => {
    next.text += text.slice(at, end);
    for (; at < end; at++) {
      next.from.push(from[at] ?? 0);
      next.to.push(to[at] ?? 0);
    }
  };
  for (const match of text.matchAll(escapes)) {
    copy(match.index);
    at = match.index + match[0].length;
    const meaning = meaningOf(match[0], match.slice(1));
    next.text += meaning;
    for (let unit = 0; unit < meaning.length; unit++) {
      next.from.push(from[match.index] ?? 0);
      next.to.push(to[at - 1] ?? 0);
    }
  }
  if (at === 0) return undefined;
  copy(text.length);
  return next;
}

/** Servers and proxies escape what is escaped already. */
const rounds = 4;

/**
 * The text with `***` for each of the words that it holds behind escapes, of several kinds and in
 * one another, too.
 */
export function withoutEscaped(text: string, words: readonly string[]): string {
  if (!hasEscaped(text, words)) return text;
  const ranges: [number, number][] = [];
  let now: Decoded | undefined = {
    text,
    from: Array.from(text.split('').keys()),
    to: Array.from(text.split('').keys(), (at) => at + 1),
  };
  for (let round = 0; round < rounds; round++) {
    now = decodedOnce(now);
    if (!now) break;
    for (const word of words)
      for (let at = now.text.indexOf(word); at >= 0; at = now.text.indexOf(word, at + 1))
        ranges.push([now.from[at] ?? 0, now.to[at + word.length - 1] ?? 0]);
  }
  let shown = '';
  let end = 0;
  for (const [from, to] of ranges.sort(([a], [b]) => a - b)) {
    if (from >= end) shown += `${text.slice(end, from)}***`;
    end = Math.max(end, to);
  }
  return shown + text.slice(end);
}

/** Whether one of the words is behind escapes: most texts have none, and need no places of it. */
function hasEscaped(text: string, words: readonly string[]): boolean {
  let now = text;
  for (let round = 0; round < rounds; round++) {
    const next = now.replace(escapes, (whole: string, ...groups: readonly (string | undefined)[]) =>
      meaningOf(whole, groups),
    );
    if (next === now) return false;
    if (words.some((word) => next.includes(word))) return true;
    now = next;
  }
  return false;
}

import type { NewDiagnostic } from '../diagnostic.ts';

/** Hints for the parser's reasons that say little to the author of a rule. */
const hints: readonly (readonly [RegExp, string])[] = [
  [
    /^unknown escape sequence|^expected hexadecimal/,
    'Use single quotes: a backslash stands for itself there.',
  ],
  [/^null byte/, 'Save the file as UTF-8: Windows PowerShell writes UTF-16.'],
  [/^tab characters/, 'Indent with spaces.'],
  [/single quoted scalar/, "Close the quote; a quote inside the text is written twice: `''`."],
  [/double quoted scalar/, 'Close the quote; a quote inside the text is written `\\"`.'],
  [/flow collection/, 'Close the bracket, or quote the text that starts with it.'],
  [/^deficient indentation/, 'Close the bracket or quote above, or indent this line deeper.'],
  [
    /indentation|^mapping values are not allowed/,
    'Quote a text that holds `: ` or ` #`; give all keys of one map the same indentation.',
  ],
  [
    /implicit key|multiline key|can not read a block mapping entry/,
    'Write `key: value`; quote texts that hold `: ` or ` #`.',
  ],
  [
    /^a line break is expected/,
    'Quote a text that starts with | or >: they open a block of text on the lines below.',
  ],
  [/reserved|alias|anchor/, 'Quote texts that start with @, `, %, *, & or !.'],
];

/** Reasons for which the line may show what the author did. */
const afterSlips = new RegExp(
  [
    'indentation of a mapping entry',
    'missed comma',
    '^mapping values',
    'implicit key',
    'multiline key',
    'block mapping entry',
  ].join('|'),
);

/** The diagnostic for an error at a place in the text. */
export function syntaxError(reason: string, text: string, at: number): Omit<NewDiagnostic, 'span'> {
  if (/nesting|maxDepth/.test(reason))
    return {
      code: 'SIG004',
      message: reason,
      hint: 'Rules are nested a few levels deep; write this one flatter.',
    };
  const slip = afterSlips.test(reason) ? slipAt(text, at) : undefined;
  if (slip) return { code: 'SIG002', ...slip };
  const hint = hints.find(([pattern]) => pattern.test(reason))?.[1];
  return { code: 'SIG002', message: reason, hint };
}

/** Longer lines are not examined. */
const longestLine = 2000;

/**
 * The author's slip, if it can be recognized: the parser only knows that a line is not as expected.
 */
function slipAt(
  text: string,
  at: number,
): { readonly message: string; readonly hint: string } | undefined {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  if (at - start > longestLine) return undefined;
  const before = text.slice(start, at);
  const rest = /^[^\n\r]*/.exec(text.slice(at, at + longestLine))?.[0] ?? '';
  const [char = ''] = rest;
  const startsValue = /^\s*(?:- +)*(?:[^\s].*:[ \t]+)?$|[[,][ \t]*$/.test(before);
  if (/^[ ]*\t/.test(before))
    return { message: 'a tab is in the indentation', hint: 'Indent with spaces.' };
  if (startsValue && /[@%`]/.test(char))
    return {
      message: `a text that starts with \`${char}\` must be quoted`,
      hint: `Put it in single quotes: '${startOf(rest, before)}'.`,
    };
  if (/:[ \t]+$/.test(before) && /^-(?:\s|$)/.test(rest))
    return {
      message: 'a list starts on the line below its key',
      hint: 'Put the `-` on a line of its own, or quote a text.',
    };
  if (/[\]},]/.test(char))
    return {
      message: `\`${char}\` belongs to no bracket`,
      hint: 'Remove it, or quote the text that holds it.',
    };
  if (/"[ \t]*$/.test(before))
    return {
      message: 'the text goes on behind its closing quote',
      hint: "Put all of it in single quotes: '...'; there `\"` stands for itself.",
    };
  if (/'[ \t]*$/.test(before))
    return {
      message: 'the text goes on behind its closing quote',
      hint: "Put all of it in one pair of quotes; a quote inside is written twice: ''.",
    };
  const above =
    /^[^\n\r]*/.exec(text.slice(text.lastIndexOf('\n', start - 2) + 1, start))?.[0] ?? '';
  if (/^\s*(?:- +)?[\w|.-]+:[^\s:/\\][^:]*$/.test(above))
    return {
      message: 'the line above lacks the blank after its colon',
      hint: 'Write `key: value`.',
    };
  // the colon of a key that starts its line
  if (
    /^\s*(?:- +)?[^\s:][^:]*$/.test(before) &&
    char === ':' &&
    indentOf(before) > indentOf(above) &&
    !/:\s*(?:#.*)?$/.test(above)
  )
    return {
      message: 'the line is indented deeper than the one above, which has a value already',
      hint: 'Give all keys of one map the same indentation.',
    };
  return undefined;
}

const indentOf = (line: string): number => line.length - line.trimStart().length;

/**
 * The text at the start of `rest`, with quotes doubled. Within open brackets it ends with a comma
 * or a bracket.
 */
function startOf(rest: string, before: string): string {
  const end = rest.search(/[[{,][ \t]*$/.test(before) ? /[,\]}]|:\s| #/ : /:(?:\s|$)| #/);
  const text = (end < 0 ? rest : rest.slice(0, end)).trim();
  return text.length > 60 ? '...' : text.replaceAll("'", "''");
}

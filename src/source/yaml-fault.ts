import type { Complaint } from './diagnostic.ts';

/** What to do about the reader's complaints that say little to the author of a rule. */
const hints: readonly (readonly [RegExp, string])[] = [
  [/^unknown escape sequence|^expected hexadecimal/, 'Use single quotes: a backslash stands for itself there.'],
  [/^null byte/, 'Save the file as UTF-8: Windows PowerShell writes UTF-16.'],
  [/^tab characters/, 'Indent with spaces.'],
  [/single quoted scalar/, "Close the quote; a quote inside the text is written twice: `''`."],
  [/double quoted scalar/, 'Close the quote; a quote inside the text is written `\\"`.'],
  [/flow collection/, 'Close the bracket, or quote the text that starts with it.'],
  [/^deficient indentation/, 'Close the bracket or quote above, or indent this line deeper.'],
  [/indentation|^mapping values are not allowed/, 'Quote a text that holds `: ` or ` #`; give all keys of one map the same indentation.'],
  [/implicit key|multiline key|can not read a block mapping entry/, 'Write `key: value`; quote texts that hold `: ` or ` #`.'],
  [/reserved|^unidentified alias|alias node|^name of an alias/, 'Quote texts that start with @, `, %, *, & or !.'],
];

export function yamlFault(reason: string): Omit<Complaint, 'span'> {
  if (/nesting|maxDepth/.test(reason)) return { code: 'SIG004', message: reason, hint: 'Rules are nested a few levels deep; write this one flatter.' };
  const hint = hints.find(([pattern]) => pattern.test(reason))?.[1];
  return { code: 'SIG002', message: reason, ...(hint === undefined ? {} : { hint }) };
}

import type { CompiledDetection } from '../../query/compile.ts';
import { type Item, itemsOf, type Query } from '../../query/tree.ts';
import {
  type Conversion,
  converted,
  diagnosticAt,
  mapped,
  type Place,
  placeOfQuery,
  Refusal,
  type TargetDiagnostic,
} from '../backend.ts';
import { unnarrowed, withBlankDiagnostic } from '../blank-events.ts';
import { detectionsOnly } from '../detections-only.ts';
import { jsonFormat, ndjsonFormat, plainFormat } from '../format.ts';
import { type QueryLimits, splitOrRefuse } from '../lucene/split.ts';
import { shellQuoted } from '../shell.ts';
import type { ConversionTarget, ConvertedRule } from '../target.ts';
import { printPattern } from './printer.ts';
import { type GrepSettings, grepDefaults, grepSchema } from './settings.ts';
import { ALWAYS, type Writing } from './text.ts';
import { mentionsLetters } from './value.ts';

/**
 * `clauses` are bytes of the compiled pattern, of which PCRE takes 64 KiB in its usual build;
 * `length` keeps a command far below a shell's 128 KiB.
 */
const limits: QueryLimits = { length: 30_000, clauses: 55_000 };

/**
 * `grep -P` commands that together find every line of an event that the rule means, and perhaps
 * more. Each event is one line, JSON as compact as `JSON.stringify` writes it. The case of letters
 * beyond ASCII and single characters of expressions are exact in UTF-8 locales.
 */
function grepCommands(
  query: Query,
  place: Place,
  settings: GrepSettings,
): Conversion<readonly string[]> {
  return converted((diagnostics) => {
    const parts = splitOrRefuse(query, {
      limits,
      print: (part) => printed(part, place, settings, diagnostics),
      place,
      diagnostics,
      tooLarge: 'the pattern is longer than grep -P takes',
      split: (count) =>
        `the command is split into ${count}, each with a pattern that grep -P takes`,
    });
    return parts.map((part) => part.text);
  });
}

function printed(
  query: Query,
  place: Place,
  settings: GrepSettings,
  diagnostics: TargetDiagnostic[],
): { text: string; clauses: number } {
  const ignoreCase = wantsEitherCase(query);
  let writing = writingOf(ignoreCase, place, settings, diagnostics);
  let pattern = printPattern(query, true, writing);
  if (writing.eitherCase !== ignoreCase) {
    writing = writingOf(writing.eitherCase, place, settings, diagnostics);
    pattern = printPattern(query, true, writing);
  }
  if (pattern === ALWAYS)
    throw new Refusal(
      diagnosticAt('TGT001', place, 'nothing of the rule can be told from a line alone'),
    );
  return {
    text: `grep ${writing.ignoreCase ? '-i ' : ''}-P ${shellQuoted(`^${pattern}`)}`,
    clauses: compiledSize(pattern) + writing.copied,
  };
}

function writingOf(
  ignoreCase: boolean,
  place: Place,
  { lines }: GrepSettings,
  diagnostics: TargetDiagnostic[],
): Writing {
  return { json: lines === 'json', ignoreCase, place, diagnostics, eitherCase: false, copied: 0 };
}

/**
 * About the bytes of PCRE's code, as measured: a class is a table of bits, a group has links to
 * both ends, a character has its kind before it.
 */
function compiledSize(pattern: string): number {
  let size = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '[') {
      const end = endOfClass(pattern, at);
      size += classSize(pattern, at, end);
      at = end;
    } else if (char === '{') {
      size += 8;
      at = pattern.indexOf('}', at);
    } else {
      size += signSize(char);
      if (char === '\\') at++;
    }
  }
  return size;
}

/** `[aA]` becomes a letter that ignores case. */
function classSize(pattern: string, start: number, end: number): number {
  return end - start === 3 &&
    pattern[start + 1]?.toLowerCase() === pattern[start + 2]?.toLowerCase()
    ? 2
    : 34;
}

function signSize(char: string): number {
  if (char === '(' || char === '|' || char === ')') return 3;
  return char > '\x7f' ? 6 : 2;
}

function endOfClass(pattern: string, start: number): number {
  for (let at = start + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}

/** A first guess, so that most patterns are printed once. */
function wantsEitherCase(query: Query): boolean {
  for (const item of itemsOf(query)) if (isEitherCase(item)) return true;
  return false;
}

function isEitherCase({ test }: Item): boolean {
  if (test.kind === 'string') return !test.cased && mentionsLetters(test.pattern);
  return (
    test.kind === 'boolean' ||
    (test.kind === 'regex' && test.ignoreCase) ||
    (test.kind === 'field' && !test.cased)
  );
}

function convert(compiled: CompiledDetection, settings: GrepSettings): Conversion<ConvertedRule> {
  const conversion = grepCommands(compiled.query, placeOfQuery(compiled.rule), settings);
  return mapped(withBlankDiagnostic(conversion, compiled, unnarrowed), (queries) => ({ queries }));
}

export const grep: ConversionTarget<GrepSettings> = {
  name: 'grep',
  description: 'a grep -P command over events of one line each',
  formats: [plainFormat, jsonFormat, ndjsonFormat],
  settings: { schema: grepSchema, defaults: grepDefaults },
  convert: detectionsOnly(
    convert,
    'grep sees one line at a time; it has no correlations',
    'Convert it to splunk, graylog or xpack-watcher.',
  ),
};

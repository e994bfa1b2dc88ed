import { createCompiler } from '../query/compile.ts';
import { collect } from '../sigma/collection/collection.ts';
import { readDocuments } from '../sigma/collection/document.ts';
import { createBag, type Diagnostic, isFatal } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { edited, type TextEdit } from './text-edit.ts';

/** A change that does what the hint of a diagnostic says. */
export interface QuickFix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/**
 * What the hint of a diagnostic asks for, as edits, if that is one word or text. A fix after which
 * the rule would still have the diagnostic, or a worse one, is not offered. `newId`: makes the id
 * of a rule that has none of its own.
 */
export function quickFixes(diagnostic: Diagnostic, newId: () => string): readonly QuickFix[] {
  const { file, hint } = diagnostic;
  if (diagnostic.code === 'SIG042') return [idFix(diagnostic, newId)];
  if (wrongIds.has(diagnostic.code) && isAtId(diagnostic))
    return [{ title: 'Give the rule a new id', edits: [replacement(diagnostic, newId())] }];
  const wanted = wantedText(hint);
  if (wanted === undefined) return [];
  const fix = { title: titleOf(wanted), edits: [replacement(diagnostic, wanted)] };
  return helps(diagnostic, { ...file, text: edited(file.text, fix.edits) }) ? [fix] : [];
}

/** What is wrong with an id that a rule has: its form, or that another rule has it too. */
const wrongIds: ReadonlySet<string> = new Set(['LNT008', 'LNT037', 'SIG040']);

const isAtId = ({ file, span }: Diagnostic): boolean =>
  /\bid['"]?:[ \t]+$/.test(file.text.slice(Math.max(0, span.start - 20), span.start));

const titleOf = (text: string): string =>
  text === ' ' ? 'Type a plain blank' : `Replace with ${text}`;

/** The text that a hint has for the place of its diagnostic. */
function wantedText(hint: string): string | undefined {
  if (hint === 'Type a plain blank.') return ' ';
  const [, name] =
    /^(?:Did you mean|Type|Write) `([^`\n]+)`(?:\?|\.$|: other tools| for the addresses)/.exec(
      hint,
    ) ?? [];
  if (name !== undefined) return name;
  const [, quoted] = /^(?:Quote the value|Put it in single quotes): ('.+')\.?$/.exec(hint) ?? [];
  return quoted?.includes('...') ? undefined : quoted;
}

/** Keeps the quotes of a quoted text. */
function replacement({ file, span }: Diagnostic, wanted: string): TextEdit {
  const { start, end } = span;
  const written = file.text.slice(start, end);
  const quote = /^(['"])[\s\S]*\1$/.exec(written)?.[1] ?? '';
  return { start, end, text: /^['"]/.test(wanted) ? wanted : quote + wanted + quote };
}

/**
 * True if the text without the diagnostic has no new fatal one. The same slip elsewhere does not
 * count.
 */
function helps({ code, message, file, span }: Diagnostic, changed: SourceFile): boolean {
  const after = diagnosticsIn(changed);
  return (
    !after.some(
      (one) => one.code === code && one.message === message && one.span.start === span.start,
    ) && after.filter(isFatal).length <= diagnosticsIn(file).filter(isFatal).length
  );
}

/** By the files that they are about: each fix is compared with those of its file. */
const known = new WeakMap<SourceFile, readonly Diagnostic[]>();

/** Of a file by itself, as its rules are read and compiled. */
function diagnosticsIn(file: SourceFile): readonly Diagnostic[] {
  const before = known.get(file);
  if (before) return before;
  const bag = createBag();
  const collection = collect(readDocuments(file, bag).documents, bag);
  const compile = createCompiler(collection, {
    placeholders: new Map(),
    bag,
    keepPlaceholders: true,
  });
  for (const rule of collection.rules) compile(rule);
  known.set(file, bag.list);
  return bag.list;
}

/** An id below the title. */
function idFix({ file, span }: Diagnostic, newId: () => string): QuickFix {
  const lineEnd = file.text.indexOf('\n', span.end);
  const at = lineEnd === -1 ? file.text.length : lineEnd + 1;
  const text = `${lineEnd === -1 ? '\n' : ''}id: ${newId()}\n`;
  return { title: 'Give the rule an id', edits: [{ start: at, end: at, text }] };
}

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  DiagnosticSeverity,
  type DocumentSymbol,
  type Hover,
  type Location,
  MarkupKind,
  SymbolKind,
} from 'vscode-languageserver/node';
import { type Completion, completionsAt } from '../../../editor/completion.ts';
import { wordMeaning } from '../../../editor/hover.ts';
import { definitionsOf, type NameUse, nameAt, namesIn, usesOf } from '../../../editor/names.ts';
import { type OutlineEntry, outlineOf } from '../../../editor/outline.ts';
import { quickFixes } from '../../../editor/quick-fix.ts';
import type { Rule } from '../../../sigma/collection/collection.ts';
import type { Diagnostic as Found } from '../../../source/diagnostic.ts';
import { pageOf } from '../../../source/documentation.ts';
import type { SourceFile, Span } from '../../../source/span.ts';
import { packageRoot } from '../../process/package-root.ts';
import { editorRange, uriOf } from './positions.ts';
import type { Workspace } from './workspace.ts';

const severities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

const packageUrl = pathToFileURL(join(packageRoot(), '/'));

/** Its link opens a file of this package, without a network. */
export const editorDiagnostic = ({
  code,
  severity,
  message,
  hint,
  file,
  span,
}: Found): Diagnostic => ({
  range: editorRange(file, span.end > span.start ? span : { ...span, end: span.start + 1 }),
  severity: severities[severity],
  code,
  codeDescription: { href: new URL(pageOf(code), packageUrl).href },
  source: 'sigpack',
  message: `${message}\n${hint}`,
});

/** The fixes of the diagnostics that touch a part of a file. */
export function codeActions(
  workspace: Workspace,
  path: string,
  { start, end }: Span,
): readonly CodeAction[] {
  return workspace
    .diagnosticsOf(path)
    .filter(({ span }) => span.start <= end && start <= Math.max(span.end, span.start + 1))
    .flatMap((diagnostic) =>
      quickFixes(diagnostic, randomUUID).map(({ title, edits }) => ({
        title,
        kind: CodeActionKind.QuickFix,
        diagnostics: [editorDiagnostic(diagnostic)],
        edit: {
          changes: {
            [uriOf(path)]: edits.map(({ text, ...span }) => ({
              range: editorRange(diagnostic.file, span),
              newText: text,
            })),
          },
        },
      })),
    );
}

const completionKinds = {
  key: CompletionItemKind.Property,
  value: CompletionItemKind.Value,
  field: CompletionItemKind.Field,
  modifier: CompletionItemKind.Operator,
  reference: CompletionItemKind.Reference,
} as const;

/** Thousands of ids would make an editor slow. */
const maximumItems = 1000;

export function completions(
  workspace: Workspace,
  file: SourceFile,
  offset: number,
): {
  readonly isIncomplete: boolean;
  readonly items: CompletionItem[];
} {
  const { items, ...span } = completionsAt(file.text, offset, workspace.vocabulary());
  const typed = file.text.slice(span.start, span.end).toLowerCase();
  const fitting = items.filter(
    ({ label, detail = '' }) =>
      label.toLowerCase().includes(typed) || detail.toLowerCase().includes(typed),
  );
  const item = (
    { label, kind, detail, insert = label }: Completion,
    index: number,
  ): CompletionItem => ({
    label,
    kind: completionKinds[kind],
    ...(detail === undefined ? {} : { detail, filterText: `${label} ${detail}` }),
    sortText: String(index).padStart(5, '0'),
    textEdit: { range: editorRange(file, span), newText: insert },
  });
  return {
    isIncomplete: fitting.length > maximumItems,
    items: fitting.slice(0, maximumItems).map(item),
  };
}

/** A fence longer than any within the text, so that no query gets out of it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text.replace(/\n$/, '')}\n${fence}`;
}

/** Keys that stand for the rule as a whole. */
const wholeRule =
  /^(?:title|id|name|logsource|detection|correlation|level|status)\b|^ +(?:condition|type) *:/;

export function hover(workspace: Workspace, file: SourceFile, offset: number): Hover | null {
  const meaning = wordMeaning(file, offset);
  if (meaning) {
    const link = meaning.url === undefined ? [] : [`<${meaning.url}>`];
    return {
      contents: { kind: MarkupKind.Markdown, value: [...meaning.lines, ...link].join('\n\n') },
      range: editorRange(file, meaning.span),
    };
  }
  const lineStart = file.text.lastIndexOf('\n', offset - 1) + 1;
  const [line = ''] = file.text.slice(lineStart).split('\n', 1);
  if (!wholeRule.test(line)) return null;
  const queries = workspace.queriesAt(file.path, offset).filter(({ text }) => text !== '');
  const value = queries.map(({ target, text }) => `**${target}**\n\n${fenced(text)}`).join('\n\n');
  return value === '' ? null : { contents: { kind: MarkupKind.Markdown, value } };
}

const location = (file: SourceFile, span: Span): Location => ({
  uri: uriOf(file.path),
  range: editorRange(file, span),
});

export function definitions(workspace: Workspace, file: SourceFile, offset: number): Location[] {
  const names = namesIn(file);
  const use = nameAt(names, offset);
  if (!use) return [];
  const own = definitionsOf(use, names).map((span) => location(file, span));
  if (own.length > 0 || use.kind !== 'rule') return own;
  return meantBy(workspace, use, file).map((rule) =>
    location(rule.file, rule.nameSpan ?? rule.idSpan ?? rule.titleSpan),
  );
}

/** The rules that a name of a correlation or filter means. */
function meantBy(workspace: Workspace, { name }: NameUse, from: SourceFile): readonly Rule[] {
  const collection = workspace.collection();
  const rule = collection.find(name, from);
  return rule ? [rule] : collection.named(name);
}

export function references(
  workspace: Workspace,
  file: SourceFile,
  offset: number,
  withDefinition: boolean,
): Location[] {
  const names = namesIn(file);
  const use = nameAt(names, offset);
  if (!use) return [];
  if (use.kind !== 'rule')
    return usesOf(use, names)
      .filter(({ defines }) => withDefinition || !defines)
      .map((span) => location(file, span));
  const wanted = new Set([use.name]);
  for (const { id, name } of meantBy(workspace, use, file))
    for (const other of [id, name]) if (other !== undefined) wanted.add(other);
  const files = new Set([file]);
  for (const document of workspace.documents())
    if (document.kind === 'lost' || document.kind === 'filter' || document.kind === 'correlation')
      files.add(document.file);
    else if ([document.id, document.name].some((one) => one !== undefined && wanted.has(one)))
      files.add(document.file);
  return [...files].flatMap((other) =>
    namesIn(other)
      .filter(
        ({ kind, name, defines }) =>
          kind === 'rule' && wanted.has(name) && (withDefinition || !defines),
      )
      .map((span) => location(other, span)),
  );
}

const symbolKinds = {
  rule: SymbolKind.Class,
  correlation: SymbolKind.Interface,
  filter: SymbolKind.Namespace,
  section: SymbolKind.Object,
  selection: SymbolKind.Field,
  condition: SymbolKind.Operator,
} as const;

export function symbols(file: SourceFile): DocumentSymbol[] {
  const symbol = ({ name, kind, span, nameSpan, children }: OutlineEntry): DocumentSymbol => ({
    name: name === '' ? kind : name,
    kind: symbolKinds[kind],
    range: editorRange(file, span),
    selectionRange: editorRange(file, nameSpan),
    children: children.map(symbol),
  });
  return outlineOf(file).map(symbol);
}

import type { LintConfig } from '../pack/lint-config.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import { conditionDigest } from '../release/digest.ts';
import { normalForm, normalText } from '../release/normal-form.ts';
import type { OnRule } from '../sigma/document.ts';
import type { RuleHead } from '../sigma/rule.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { positionAt, type SourceFile, type Span } from '../source/span.ts';
import { presetSeverity, type Tell } from './check.ts';
import { checkCondition } from './condition.ts';
import { checkCorrelation } from './correlation.ts';
import { baseName, checkFileName } from './file-name.ts';
import { checkHead } from './head.ts';
import { checkItems } from './items.ts';
import { checkEventIds, checkLogSource } from './logsource.ts';
import { contradictionIn } from './never.ts';
import { checkRelated, type RelatedId } from './related.ts';
import { checkTags } from './tags.ts';

export interface LintOptions {
  readonly config: LintConfig;
  readonly bag: DiagnosticBag;
  /** YYYY-MM-DD. */
  readonly today: string;
  /** All rules of the set are read: a related rule that is not among them is not there. */
  readonly isWhole: boolean;
}

/** Checks rules as `sigma check` does; the table in docs/lint.md names the validators. */
export interface Linter {
  /** Asks a rule as it is written. */
  readonly onRule: OnRule;
  /** Asks what a rule means. */
  readonly onMeaning: (compiled: CompiledRule) => void;
  /** Tells what concerns several rules, once all are through. */
  readonly finish: () => void;
}

interface Seen {
  readonly file: SourceFile;
  readonly span: Span;
  readonly title: string;
  readonly id: string | undefined;
}

export function createLinter({ config, bag, today, isWhole }: LintOptions): Linter {
  const tellIn =
    (file: SourceFile): Tell =>
    (code, span, message, hint) => {
      const severity = presetSeverity(code, config.preset);
      bag.add(file, { code, message, span: { start: span.start, end: span.end }, severity, ...(hint === undefined ? {} : { hint }) });
    };
  const titles = new Map<string, Seen>();
  const fileNames = new Map<string, string>();
  const meanings = new Map<string, Seen>();
  const ids = new Set<string>();
  const related = new Map<SourceFile, readonly RelatedId[]>();
  const relatives = new Map<string, ReadonlySet<string>>();
  const onRule: OnRule = (rule, document) => {
    const tell = tellIn(rule.file);
    const checked = { rule, document, tell, today };
    checkHead(checked);
    checkTags(checked);
    checkFileName(checked);
    const named = checkRelated(checked);
    related.set(rule.file, [...(related.get(rule.file) ?? []), ...named]);
    if (rule.id !== undefined) {
      ids.add(rule.id.toLowerCase());
      relatives.set(rule.id, new Set(named.map(({ id }) => id)));
    }
    const before = titles.get(rule.title);
    if (before) tell('LNT015', rule.titleSpan, `the title is that of ${placeText(before)} too`);
    else titles.set(rule.title, seenOf(rule));
    const name = baseName(rule.file.path);
    const path = fileNames.get(name);
    if (path === undefined) fileNames.set(name, rule.file.path);
    else if (path !== rule.file.path) tell('LNT016', rule.titleSpan, `the file is named like ${path}`);
    if (rule.kind === 'correlation') {
      checkCorrelation(rule, tell);
      return;
    }
    checkLogSource(checked, rule);
    checkEventIds(rule, tell);
    checkCondition(rule, tell);
    checkItems(rule, tell);
  };
  const knowEachOther = (a: string | undefined, b: string | undefined): boolean =>
    a !== undefined && b !== undefined && (relatives.get(a)?.has(b.toLowerCase()) === true || relatives.get(b)?.has(a.toLowerCase()) === true);
  return {
    onRule,
    onMeaning(compiled) {
      const { rule } = compiled;
      const tell = tellIn(rule.file);
      if (compiled.kind === 'detection') {
        const found = contradictionIn(normalForm(compiled.query));
        if (found) {
          const place = [found.excluded, found.asked].find(({ item }) => item.file === rule.file)?.item.span ?? rule.titleSpan;
          tell('LNT001', place, `no event fulfils the condition, which asks for both ${normalText(found.asked)} and ${normalText(found.excluded)}`);
        }
      }
      const sources = logSourcesOf(compiled).map(({ category, product, service }) => [category, product, service]);
      const key = JSON.stringify([sources, conditionDigest(compiled)]);
      const before = meanings.get(key);
      if (!before) meanings.set(key, seenOf(rule));
      else if (!knowEachOther(rule.id, before.id)) tell('LNT006', rule.titleSpan, `the rule means the same as "${before.title}" in ${placeText(before)}`);
    },
    finish() {
      if (!isWhole) return;
      for (const [file, named] of related) for (const { id, span } of named) if (!ids.has(id)) tellIn(file)('LNT048', span, `no rule here has the id ${id}`);
    },
  };
}

const seenOf = ({ file, titleSpan, title, id }: RuleHead): Seen => ({ file, span: titleSpan, title, id });

const placeText = ({ file, span }: Seen): string => `${file.path}:${positionAt(file, span.start).line}`;

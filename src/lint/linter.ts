import type { LintConfig } from '../pack/config/lint-config.ts';
import { type CompiledRule, logSourcesOf } from '../query/compile.ts';
import { conditionDigest, digestOf } from '../release/meaning/digest.ts';
import { type Normal, normalForm, normalText } from '../release/meaning/normal-form.ts';
import type { OnRule } from '../sigma/collection/document.ts';
import type { RuleHead } from '../sigma/rule/rule.ts';
import type { DiagnosticBag, DiagnosticSink, Severity } from '../source/diagnostic.ts';
import type { SourceFile } from '../source/span.ts';
import { hasConventions, presetSeverity, type Report } from './check.ts';
import { checkCondition } from './condition.ts';
import { checkCorrelation } from './correlation.ts';
import { baseName, checkFileName } from './file-name.ts';
import { checkHead } from './head.ts';
import { checkId } from './id.ts';
import { checkItems } from './items.ts';
import { checkEventIds, checkLogSource } from './logsource.ts';
import { contradictionIn } from './never.ts';
import { checkRelated, type RelatedId } from './related.ts';
import { checkTags } from './tags.ts';

export interface LintOptions {
  readonly config: LintConfig;
  /** Severities of the configuration, which override the preset. */
  readonly severities?: ReadonlyMap<string, Severity>;
  readonly bag: DiagnosticBag;
  /** YYYY-MM-DD. */
  readonly today: string;
  /** Whether all rules of the set are read: a related rule that is not among them is missing. */
  readonly isWhole: boolean;
}

/** Checks rules like `sigma check`; docs/lint.md has a table of the validators. */
export interface Linter {
  /** Checks a rule as it is written. */
  readonly onRule: OnRule;
  /** Checks the meaning of a rule. */
  readonly onMeaning: (compiled: CompiledRule) => void;
  /** Reports what concerns several rules. Call it after all rules. */
  readonly finish: () => void;
}

/** An earlier rule, without anything that would keep its text in memory. */
interface Seen {
  readonly id: string | undefined;
  /** For readers. */
  readonly place: string;
}

export function createLinter({ config, severities, bag, today, isWhole }: LintOptions): Linter {
  const conventions = hasConventions(config.preset, severities);
  const reporterFor =
    (file: SourceFile, sink: DiagnosticSink = bag): Report =>
    (code, span, message, hint) => {
      const severity = presetSeverity(code, config.preset);
      sink.add(file, {
        code,
        message,
        span,
        severity,
        hint,
      });
    };
  const checkNames = nameCheck();
  const checkDouble = doubleCheck();
  const ids = new Set<string>();
  const related: { readonly file: SourceFile; readonly relatedIds: readonly RelatedId[] }[] = [];
  const onRule: OnRule = (rule, document, sink) => {
    const report = reporterFor(rule.file, sink);
    const checked = { rule, document, report, today };
    if (conventions) {
      checkHead(checked);
      // rules that are piped in have no file
      if (rule.file.path !== 'stdin') checkFileName(checked);
    }
    checkId(checked);
    checkTags(checked);
    const relatedIds = checkRelated(checked);
    if (relatedIds.length > 0) checkDouble.relate(rule.id, relatedIds);
    if (conventions) {
      checkNames(rule, report);
      if (rule.id !== undefined) ids.add(rule.id.toLowerCase());
      if (isWhole && relatedIds.length > 0) related.push({ file: rule.file, relatedIds });
    }
    if (rule.kind === 'correlation') {
      checkCorrelation(rule, report);
      return;
    }
    checkLogSource(checked, rule);
    checkItems(rule, report, conventions);
    if (!conventions) return;
    checkEventIds(rule, report);
    checkCondition(rule, report);
  };
  return {
    onRule,
    onMeaning(compiled) {
      const report = reporterFor(compiled.rule.file);
      const form = compiled.kind === 'detection' ? normalForm(compiled.query) : undefined;
      if (form) checkContradiction(compiled.rule, form, report);
      checkDouble.onMeaning(compiled, form, report);
    },
    finish() {
      for (const { file, relatedIds } of related)
        for (const { id, span } of relatedIds)
          if (!ids.has(id)) reporterFor(file)('LNT048', span, `no rule here has the id ${id}`);
    },
  };
}

/** Finds titles of several rules, and names of several files. */
function nameCheck(): (rule: RuleHead, report: Report) => void {
  const titles = new Map<string, Seen>();
  const fileNames = new Map<string, Seen>();
  return (rule, report) => {
    const { title, titleSpan, file, id } = rule;
    // two rules with the same id are reported for that
    const isOther = (before: Seen): boolean => id === undefined || before.id !== id;
    const before = titles.get(title);
    if (!before) titles.set(title, { id, place: placeText(rule) });
    else if (isOther(before))
      report('LNT015', titleSpan, `the title is that of ${before.place} too`);
    const name = baseName(file.path);
    const same = fileNames.get(name);
    if (!same) fileNames.set(name, { id, place: file.path });
    else if (same.place !== file.path && isOther(same))
      report('LNT016', titleSpan, `the file is named like ${same.place}`);
  };
}

function checkContradiction(rule: RuleHead, form: Normal, report: Report): void {
  const contradiction = contradictionIn(form);
  if (!contradiction) return;
  const { asked, excluded } = contradiction;
  const place =
    [excluded, asked].find(({ item }) => item.file === rule.file)?.item.span ?? rule.titleSpan;
  report(
    'LNT001',
    place,
    'no event fulfils the condition, which asks for both ' +
      `${normalText(asked)} and ${normalText(excluded)}`,
  );
}

/** Finds rules that mean the same and do not name each other as related. */
interface DoubleCheck {
  readonly relate: (id: string | undefined, named: readonly RelatedId[]) => void;
  readonly onMeaning: (compiled: CompiledRule, form: Normal | undefined, report: Report) => void;
}

function doubleCheck(): DoubleCheck {
  const meanings = new Map<string, Seen>();
  const relatives = new Map<string, ReadonlySet<string>>();
  const isRelated = (id = '', other = ''): boolean =>
    relatives.get(id.toLowerCase())?.has(other.toLowerCase()) === true;
  return {
    relate(id, named) {
      if (id !== undefined) relatives.set(id.toLowerCase(), new Set(named.map((one) => one.id)));
    },
    onMeaning(compiled, form, report) {
      const { rule } = compiled;
      const sources = logSourcesOf(compiled).map(({ category, product, service }) => [
        category,
        product,
        service,
      ]);
      const key = JSON.stringify([sources, form ? digestOf(form.key) : conditionDigest(compiled)]);
      const before = meanings.get(key);
      if (!before)
        meanings.set(key, { id: rule.id, place: `"${rule.title}" in ${placeText(rule)}` });
      else if (!isRelated(rule.id, before.id) && !isRelated(before.id, rule.id))
        report('LNT006', rule.titleSpan, `the rule means the same as ${before.place}`);
    },
  };
}

/** Counts the line breaks: most titles are near the start of the file. */
const placeText = ({ file, titleSpan }: RuleHead): string =>
  `${file.path}:${file.text.slice(0, titleSpan.start).split('\n').length}`;

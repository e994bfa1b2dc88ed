import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile, Span } from '../../source/span.ts';
import { type FilterRule, filterFits } from '../filter/filter.ts';
import { describeLogSource } from '../rule/reader.ts';
import type { DetectionRule } from '../rule/rule.ts';
import { idKey } from '../rule/rule-id.ts';
import type { Rule } from './collection.ts';
import { ambiguous, type RuleIndex } from './rule-names.ts';

/** The filters that reach each rule, in the order of their files. */
export function assignFilters(
  rules: readonly Rule[],
  filters: readonly FilterRule[],
  index: RuleIndex,
  bag: DiagnosticBag,
): ReadonlyMap<Rule, readonly FilterRule[]> {
  const reach = new Map<Rule, FilterRule[]>();
  const sharing = indexShared(rules);
  for (const filter of filters) {
    for (const rule of new Set(reachedRules(filter, rules, { ...index, sharing }, bag))) {
      const known = reach.get(rule);
      if (known) known.push(filter);
      else reach.set(rule, [filter]);
    }
  }
  return reach;
}

type Sharing = (name: string, file: SourceFile) => readonly DetectionRule[];

/** The rules of old collections by what they share: an id anywhere, a name in their file. */
function indexShared(rules: readonly Rule[]): Sharing {
  const detections = rules.filter((rule) => rule.kind === 'detection');
  const ids = Map.groupBy(detections, ({ shared }) =>
    shared?.id === undefined ? undefined : idKey(shared.id),
  );
  const names = Map.groupBy(detections, ({ shared }) => shared?.name);
  return (name, file) => [
    ...(ids.get(idKey(name)) ?? []),
    ...(names.get(name) ?? []).filter((rule) => rule.file === file),
  ];
}

/** The rules that a filter reaches. Warns of references that reach none. */
function reachedRules(
  filter: FilterRule,
  rules: readonly Rule[],
  { find, named, sharing }: Pick<RuleIndex, 'find' | 'named'> & { readonly sharing: Sharing },
  bag: DiagnosticBag,
): readonly DetectionRule[] {
  const report = (message: string, span: Span, hint: string) => {
    // the errors of a filter have been reported
    if (filter.detection) bag.add(filter.file, { code: 'SIG061', message, span, hint });
  };
  if (!filter.rules) {
    const reached = rules.filter(
      (rule): rule is DetectionRule =>
        rule.kind === 'detection' && filterFits(filter.logsource, rule.logsource),
    );
    if (reached.length === 0)
      report(
        'no rule with the log source of this filter was loaded',
        filter.titleSpan,
        'Load its rules too, or correct `logsource`.',
      );
    return reached;
  }
  return filter.rules.flatMap((reference) => {
    const rule = find(reference.name, filter.file);
    const called = [
      ...(rule?.kind === 'detection' ? [rule] : []),
      ...sharing(reference.name, rule?.file ?? filter.file),
    ];
    const reached = called.filter(({ logsource }) => filterFits(filter.logsource, logsource));
    if (reached.length > 0) return reached;
    const several = rule ? [] : named(reference.name);
    if (several.length > 1 && filter.detection) bag.add(filter.file, ambiguous(reference, several));
    else if (!rule)
      report(
        `no rule has the id or name \`${reference.name}\``,
        reference,
        'Load the file that defines the rule, or correct the name.',
      );
    else if (rule.kind === 'correlation')
      report(
        `\`${reference.name}\` is a correlation`,
        reference,
        'Name the rules that the correlation refers to.',
      );
    else
      report(
        `\`${reference.name}\` has another log source than this filter`,
        reference,
        `Its log source is ${describeLogSource(rule.logsource)}.`,
      );
    return [];
  });
}

import { alertSourceOf } from '../../pack/alert/table.ts';
import type { DetectionSettings } from '../../pack/settings/settings.ts';
import type { CompiledRule } from '../../query/compile.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import { periodText } from '../condition/correlation-sentence.ts';
import type { RuleRecord } from './rule-record.ts';

/** What to do about an alert of a rule, by its settings; Graylog's where it has no others. */
export function remediationRecord({
  remediation,
  graylog,
}: DetectionSettings): Pick<RuleRecord, 'remediation'> {
  const steps = (remediation ?? graylog.remediation ?? '').trim();
  return steps === '' ? {} : { remediation: steps };
}

/** Whom alerts of a rule are about, and how long the same one is silent, by its settings. */
export function alertRecord(
  compiled: CompiledRule,
  logSources: readonly LogSource[],
  settings: DetectionSettings,
): Pick<RuleRecord, 'entities' | 'suppression'> {
  const usual = logSources.flatMap((source) => alertSourceOf(source)?.entities ?? []);
  const entities =
    settings.entities?.map(({ field }) => field) ??
    (compiled.kind === 'correlation' && compiled.rule.groupBy.length > 0
      ? compiled.rule.groupBy
      : usual.flatMap(({ names }) => names.slice(0, 1)));
  const { suppress } = settings;
  const names = [...new Set(entities)];
  if (!suppress || suppress.period === 0) return { entities: names };
  const fields = suppress.byEntity ? names : suppress.fields;
  const same = fields.length === 0 ? '' : `, for the same ${fields.join(', ')}`;
  return {
    entities: names,
    suppression: `${periodText(suppress.period)}${same}`,
  };
}

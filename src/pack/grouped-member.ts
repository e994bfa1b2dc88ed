import { groupedRule } from '../backend/splunk/grouped/grouped-rule.ts';
import type { CompiledRule } from '../query/compile.ts';
import type { PackConfig } from './config/config.ts';
import type { GroupMember, PackDetection } from './model/detection.ts';
import type { SplunkFields } from './result/splunk-fields.ts';
import { ownSearchReason } from './splunk/grouped/member.ts';

/** What a search for several detections has of one, or why it keeps a search of its own. */
export function memberOf(
  compiled: CompiledRule,
  given: PackDetection,
  fields: SplunkFields,
  { splunk: { cloudSafe, enterpriseSecurity } }: PackConfig,
): GroupMember | string {
  if (compiled.kind === 'correlation') return 'it is a correlation';
  const reason = ownSearchReason(compiled, given, fields, enterpriseSecurity);
  if (reason !== undefined) return reason;
  const rule = groupedRule(given.id, compiled.query, cloudSafe);
  if (!rule.ok) return rule.error;
  return { rule: rule.value, steps: fields.steps, by: [...new Set(fields.single)] };
}

import type { Remark } from '../backend/backend.ts';
import { inDataModel } from '../backend/splunk/scope.ts';
import type { CompiledDetection, CompiledRule } from '../query/compile.ts';
import { matchAllBelow, missedBy } from '../query/match-all.ts';
import type { PackConfig, Target } from './config.ts';
import type { PackDetection } from './detection.ts';
import { hasPlace } from './index-macro.ts';

/** Why a detection must not be switched on: every event without its fields fulfils it, and nothing narrows where it looks. */
export function matchAllProblem(compiled: CompiledRule, target: Target, { settings }: PackDetection, config: PackConfig): Remark | undefined {
  if (target === 'graylog' && (settings.graylog.streams.length > 0 || config.graylog.streams.length > 0 || config.graylog.streamParameter !== undefined))
    return undefined;
  const narrow = (part: CompiledDetection): boolean => target === 'splunk' && (inDataModel(part) || hasPlace(config, part));
  const part = matchAllBelow(compiled, target === 'graylog').find((one) => !narrow(one));
  if (!part) return undefined;
  const { item, fields } = missedBy(part);
  const { file, span } = item ?? { file: part.rule.file, span: part.rule.titleSpan };
  const lacking = fields.length === 0 ? 'its keywords' : fields.map((field) => `\`${field}\``).join(', ');
  const where = target === 'splunk' ? '`splunk.indexes` in sigpack.yml' : '`graylog.streams` in sigpack.yml or in the rule';
  return {
    code: 'TGT005',
    message: `"${part.rule.title}" is true of every event without ${lacking}, and nothing says where its events are; it is switched off`,
    file,
    span,
    hint: `Say where its events are: ${where}, or a pipeline that knows the log source. Or ask for something that they have.`,
  };
}

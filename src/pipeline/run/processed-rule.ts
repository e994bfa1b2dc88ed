import type { SettledRule } from '../../query/compile.ts';
import { networkAsText } from '../../query/doubtful-values.ts';
import type { Processing } from '../../query/processing.ts';
import { type SettledDetection, someSettledItem } from '../../query/settled.ts';
import type { DetectionRule } from '../../sigma/rule/rule.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import type { PostprocessingItem } from '../pipeline.ts';
import type { RuleInProcess } from '../rule-in-process.ts';
import { unprovedInUse } from '../unproved.ts';
import { fieldCoverage, namedFields } from './field-coverage.ts';
import { filledNetworks } from './filled-networks.ts';
import type { createNearSource, createSourceCheck } from './named-sources.ts';
import { nearField } from './near-fields.ts';
import { placeholderLeft } from './placeholder-left.ts';
import { postprocessed } from './postprocess.ts';
import type { createUsualFields } from './usual-fields.ts';

/** What the end of processing needs besides the rule. */
export interface ProcessEnd {
  readonly bag: DiagnosticBag;
  readonly postprocessing: readonly PostprocessingItem[];
  /** Some item renames fields. */
  readonly renames: boolean;
  readonly pipelineFiles: ReadonlySet<SourceFile>;
  /** Names that the pipelines give to fields, and that no rule uses. */
  readonly given: ReadonlySet<string>;
  /** Fields that the pipelines name. */
  readonly spelled: ReadonlySet<string>;
  readonly usualFields: ReturnType<typeof createUsualFields>;
  readonly strangeSource: ReturnType<typeof createSourceCheck>;
  readonly nearSource: ReturnType<typeof createNearSource>;
}

/** What the pipelines made of a rule; undefined after a diagnostic. */
export function processedRule(
  end: ProcessEnd,
  done: RuleInProcess,
  written: SettledRule,
): SettledRule | undefined {
  const { bag } = end;
  const left = placeholderLeft(done.parts);
  if (left) {
    bag.add(left.file, {
      code: 'SIG024',
      message: `placeholder \`%${left.name}%\` has no value`,
      span: left.span,
      hint: 'Give it a value under placeholders: in sigpack.yml, or in a pipeline.',
    });
    return undefined;
  }
  for (const { network, field, file, span } of filledNetworks(done, written))
    bag.add(file, networkAsText(network, `${field}|expand|cidr`, span));
  const { rule, parts, referenced } = done;
  if (rule.kind === 'detection' && !keepsOwnItem(rule, parts)) {
    bag.add(rule.file, {
      code: 'PIP002',
      message: 'the pipelines dropped every item of the rule: what is left would match anything',
      span: rule.titleSpan,
    });
    return undefined;
  }
  const processing = processingOf(end, done, written);
  const { shared } = written;
  return rule.kind === 'detection'
    ? { kind: 'detection', rule, parts, processing, shared }
    : { kind: 'correlation', rule, parts: referenced, processing, shared };
}

function processingOf(end: ProcessEnd, done: RuleInProcess, written: SettledRule): Processing {
  const { postprocessing, renames, pipelineFiles, given, usualFields, strangeSource } = end;
  const { known, ...coverage } = fieldCoverage(done, given);
  const logsource = written.kind === 'detection' ? written.rule.logsource : undefined;
  const usual = logsource && usualFields(logsource, done);
  const source = logsource && strangeSource(logsource);
  const isKnown = known || !renames;
  const nearSource = isKnown || !logsource ? undefined : end.nearSource(logsource);
  // keywords are found wherever they are
  const strange = source && (done.renames || source.near !== undefined) ? source : undefined;
  return {
    state: done.state,
    attributes: done.attributes,
    ...coverage,
    ...(coverage.absent && { near: (field) => nearField(field, done, end.spelled) }),
    known: isKnown,
    ...(nearSource && { nearSource }),
    pipelineFiles,
    ...(done.named.size > 0 && { named: namedFields(done, given) }),
    ...(usual && { usual }),
    ...(strange && { strange }),
    ...(done.unproved.size > 0 && { unproved: unprovedInUse(done) }),
    ...(logsource && { logsource }),
    ...(postprocessing.length > 0 && {
      postprocess: (query: string) => postprocessed(query, postprocessing, done),
    }),
  };
}

/** What a pipeline adds is no reason to alert. */
function keepsOwnItem({ file }: DetectionRule, [own]: readonly SettledDetection[]): boolean {
  for (const { body } of own?.searches.values() ?? [])
    if (someSettledItem(body, (item) => item.file === file && item.values.length > 0)) return true;
  return false;
}

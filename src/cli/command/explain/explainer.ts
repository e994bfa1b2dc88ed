import type { PackConfig } from '../../../pack/config/config.ts';
import { checkRuleSettings } from '../../../pack/settings/patch.ts';
import { logSourceText } from '../../../pipeline/describe.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { constantTruth } from '../../../pipeline/run/constant-truth.ts';
import { byPriority } from '../../../pipeline/run/process.ts';
import {
  createTargetCompiler,
  type TargetedRule,
  type Unmatchable,
} from '../../../pipeline/run/target-compiler.ts';
import type { CompiledRule } from '../../../query/compile.ts';
import type { Collection, Rule } from '../../../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../../../source/diagnostic.ts';
import { positionAt } from '../../../source/span.ts';
import { visible } from '../../../source/visible.ts';
import type { Paint } from '../../report/context.ts';
import { createStepList, placeOf } from './steps.ts';

export interface ExplainedTarget {
  readonly collection: Collection;
  readonly config: PackConfig;
  readonly bag: DiagnosticBag;
  /** About rules that only serve a correlation: what matters there is reported with that. */
  readonly servingBag: DiagnosticBag;
  /** Those of the target. */
  readonly pipelines: readonly Pipeline[];
  /** Of the target. */
  readonly name: string;
}

/** All about a rule but its queries. */
export interface ExplainedRule {
  readonly rule: Rule;
  readonly lines: readonly string[];
  /** It only serves a correlation. */
  readonly serves: boolean;
  readonly targeted: TargetedRule;
}

/** Explains rules as `sigpack convert` has them; undefined for one that is wrong. */
export function createExplainer(
  explained: ExplainedTarget,
  paint: Paint,
  verbose: boolean,
): (rule: Rule) => ExplainedRule | undefined {
  const { collection, config, bag, servingBag, pipelines, name } = explained;
  const compiled = new Map<string, CompiledRule>();
  const standing = new Set(
    collection.rules.filter((rule) => collection.standsAlone(rule)).map(placeOf),
  );
  const explainerOf = (isStanding: boolean, into: DiagnosticBag, unmatchable: Unmatchable) => {
    const isWanted = (rule: Rule): boolean => standing.has(placeOf(rule)) === isStanding;
    const { onStep, linesOf } = createStepList(isWanted, paint, verbose);
    const { compile } = createTargetCompiler({
      collection,
      placeholders: config.placeholders,
      bag: into,
      pipelines: new Map([[name, pipelines]]),
      namedBy: (rule) => rule.fields,
      unmatchable,
      onStep,
      onCompiled: (made) => compiled.set(placeOf(made.rule), made),
    });
    return { compile, linesOf };
  };
  const alone = explainerOf(true, bag, config.unmatchable);
  // what only serves a correlation stays where it is never true
  const serving = explainerOf(false, servingBag, 'disable');
  return (rule) => {
    const isAlone = collection.standsAlone(rule);
    if (isAlone && !checkRuleSettings(rule, bag)) return undefined;
    const { compile, linesOf } = isAlone ? alone : serving;
    const made = compile(rule);
    if (!made) return undefined;
    const result = made.forTarget(name);
    const outcome = compiled.get(placeOf(rule));
    return {
      rule,
      serves: !isAlone,
      lines: [
        ...headLines(rule, explained, paint),
        ...linesOf(rule),
        ...(outcome ? outcomeLines(outcome, pipelines, paint) : []),
      ],
      targeted: { written: made.written, forTarget: () => result },
    };
  };
}

function headLines(
  { title, file, titleSpan }: Rule,
  { pipelines, name }: ExplainedTarget,
  paint: Paint,
): readonly string[] {
  const line = positionAt(file, titleSpan.start).line;
  const names = byPriority(pipelines).map((one) => `${one.name} (${one.priority})`);
  const through =
    names.length > 0 ? ` through ${names.map(visible).join(', ')}` : ', without a pipeline';
  return [
    paint('bold', visible(title)),
    paint('dim', `${file.path}:${line} for ${name}${through}`),
    '',
  ];
}

/** Log source, unmapped fields and constant truth of a rule. */
function outcomeLines(
  compiled: CompiledRule,
  pipelines: readonly Pipeline[],
  paint: Paint,
): readonly string[] {
  const lines: string[] = [];
  if (compiled.kind === 'detection')
    lines.push(
      '',
      `${paint('bold', 'Log source')}  ${visible(logSourceText(compiled.rule.logsource))}`,
    );
  const unmapped = compiled.processing?.unmapped ?? [];
  const fields = unmapped.length === 0 ? 'none' : paint('yellow', unmapped.map(visible).join(', '));
  if (pipelines.length > 0) lines.push(`${paint('bold', 'Unmapped')}    ${fields}`);
  const constant = constantTruth(compiled);
  if (constant) {
    const head = constant.code === 'PIP007' ? 'Never true' : 'Always true';
    lines.push(`${paint('bold', head)}  ${paint('yellow', visible(constant.message))}`);
  }
  return lines;
}

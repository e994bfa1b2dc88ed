import { postprocessedRule } from '../../../backend/postprocess.ts';
import type { RegisteredTarget, TargetSettings } from '../../../backend/registry.ts';
import { targetSettings } from '../../../convert/target-settings.ts';
import { logSourceText, ruleLines } from '../../../pipeline/describe.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { constantTruth } from '../../../pipeline/run/constant-truth.ts';
import { byPriority, createProcessor, type OnStep } from '../../../pipeline/run/process.ts';
import {
  type CompiledRule,
  createCombiner,
  createSettler,
  type SettledRule,
} from '../../../query/compile.ts';
import type { DiagnosticBag } from '../../../source/diagnostic.ts';
import { positionAt } from '../../../source/span.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { loadTargets } from '../../plugin/load.ts';
import { namedTarget } from '../../project/chosen-target.ts';
import { loadGivenRules } from '../../project/given-rules.ts';
import { openProject, reportProject } from '../../project/project.ts';
import type { Paint } from '../../report/context.ts';
import { printText } from '../../terminal/guarded.ts';
import { createTerminal } from '../../terminal/terminal.ts';
import { type LineChange, lineChanges } from './line-changes.ts';

export interface ExplainOptions {
  readonly target?: string;
  /** A file of events to explain the rules by, in place of the query. */
  readonly event?: string;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly plugin?: readonly string[];
  readonly config?: string;
  readonly verbose: boolean;
}

/** `sigpack explain`: what each processing item does to a rule, and the resulting query. */
export async function explain(
  paths: readonly string[],
  options: ExplainOptions,
): Promise<ExitCode> {
  if (options.event !== undefined) {
    const { explainEvents } = await import('./events.ts');
    return explainEvents(paths, { ...options, event: options.event });
  }
  if (options.target === undefined)
    throw new CommandError('explain needs --target <name> or --event <file>');
  const { targets, sections } = await loadTargets(options.plugin ?? []);
  const target = namedTarget(targets, options.target);
  const { name } = target;
  const answer = { format: 'text', verbose: options.verbose, names: 'verbose' } as const;
  const opened = await openProject(
    { config: options.config, pipeline: options.pipeline, targets: [name], sections },
    answer,
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { loaded, bag } = project;
  const { config } = loaded;
  const pipelines = project.pipelines.get(name) ?? [];
  const { collection } = loadGivenRules(project, paths);
  const settle = createSettler(collection, {
    placeholders: config.placeholders,
    bag,
    keepPlaceholders: pipelines.length > 0,
  });
  // the output goes to standard output, whose own terminal decides on colours
  const { paint } = createTerminal(process.stdout, process.env, () => 0);
  const explaining: Explaining = {
    target,
    pipelines,
    settings: targetSettings(config, pipelines, project.pluginSettings),
    bag,
    paint,
    verbose: options.verbose,
  };
  const texts = collection.rules
    .flatMap((rule) => settle(rule) ?? [])
    .map((rule) => explained(rule, explaining));
  for (const [index, { text, queries }] of texts.entries()) {
    printText(`${index > 0 ? '\n' : ''}${text}`);
    // not broken, so that they can be copied
    process.stdout.write(queries.map((query) => `  ${visible(query)}\n`).join(''));
  }
  return reportProject(project, answer);
}

interface Explaining {
  readonly target: RegisteredTarget;
  readonly pipelines: readonly Pipeline[];
  readonly settings: TargetSettings;
  readonly bag: DiagnosticBag;
  readonly paint: Paint;
  readonly verbose: boolean;
}

interface Explained {
  readonly text: string;
  readonly queries: readonly string[];
}

function explained(settled: SettledRule, explaining: Explaining): Explained {
  const { paint, target, pipelines, bag } = explaining;
  const { rule } = settled;
  const line = positionAt(rule.file, rule.titleSpan.start).line;
  const names = byPriority(pipelines).map(({ name, priority }) => `${name} (${priority})`);
  const through =
    names.length > 0 ? ` through ${names.map(visible).join(', ')}` : ', without a pipeline';
  const lines = [
    paint('bold', visible(rule.title)),
    paint('dim', `${rule.file.path}:${line} for ${target.name}${through}`),
    '',
  ];
  const process = createProcessor(pipelines, {
    bag,
    onStep: stepPrinter(settled, explaining, lines),
  });
  const processed = pipelines.length > 0 ? process(settled) : settled;
  const compiled = processed && createCombiner(bag)(processed);
  const queries = compiled ? addOutcome(compiled, explaining, lines) : [];
  return { text: `${lines.join('\n')}\n`, queries };
}

/**
 * Adds a paragraph for each item that changes the rule; other items are counted, or under --verbose
 * named.
 */
function stepPrinter(
  settled: SettledRule,
  { paint, verbose }: Explaining,
  lines: string[],
): OnStep {
  let before: readonly string[] | undefined;
  let number = 0;
  return ({ item, applied, rule }) => {
    number++;
    // the rules that a correlation refers to go through the pipeline too, each in its own
    // explanation
    if (rule.rule.file !== settled.rule.file || rule.rule.span.start !== settled.rule.span.start)
      return;
    before ??= ruleLines({
      ...rule,
      parts: settled.kind === 'detection' ? settled.parts : [],
      rule: settled.rule,
      state: new Map(),
      attributes: new Map(),
    });
    const after = ruleLines(rule);
    const changes = lineChanges(before, after);
    before = after;
    if (!verbose && changes.length === 0) return;
    const place = `${item.file.path}:${positionAt(item.file, item.span.start).line}`;
    const what = applied ? (changes.length > 0 ? '' : ', no change') : ', conditions do not hold';
    const head = paint('cyan', `${number}. ${visible(item.id)}`);
    lines.push(`${head} ${item.type}${what} ${paint('dim', place)}`);
    for (const change of changes) lines.push(changeText(change, paint, verbose));
  };
}

/** A state may be a list of all fields of a product, of which the first are enough. */
const longestState = 200;

function changeText({ kind, line }: LineChange, paint: Paint, verbose: boolean): string {
  const isLong = !verbose && line.startsWith('state ') && line.length > longestState;
  const text = isLong
    ? `${visible(line.slice(0, longestState))}… (--verbose shows all)`
    : visible(line);
  return kind === 'added' ? paint('green', `   + ${text}`) : paint('red', `   - ${text}`);
}

/** Adds log source, unmapped fields and constant truth of the rule; returns its queries. */
function addOutcome(
  compiled: CompiledRule,
  { target, settings, bag, paint, pipelines }: Explaining,
  lines: string[],
): readonly string[] {
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
  const conversion = postprocessedRule(target.convert(compiled, settings), compiled);
  for (const { file, ...diagnostic } of conversion.ok ? conversion.diagnostics : conversion.error) {
    bag.add(file, {
      ...diagnostic,
      message: `${target.name}: ${diagnostic.message}`,
      target: target.name,
    });
  }
  if (!conversion.ok) return [];
  lines.push(paint('bold', 'Query'));
  return conversion.value.queries;
}

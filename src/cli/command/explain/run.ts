import { convertedEntries } from '../../../convert/entries.ts';
import { targetSettings } from '../../../convert/target-settings.ts';
import { createCountedWarnings } from '../../../pack/pipeline-report.ts';
import type { Rule } from '../../../sigma/collection/collection.ts';
import { createBag, type DiagnosticBag } from '../../../source/diagnostic.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { loadTargets } from '../../plugin/load.ts';
import { namedTarget } from '../../project/chosen-target.ts';
import { loadGivenRules } from '../../project/given-rules.ts';
import { openProject, reportProject } from '../../project/project.ts';
import { printText } from '../../terminal/guarded.ts';
import { createTerminal } from '../../terminal/terminal.ts';
import { createExplainer, type ExplainedRule } from './explainer.ts';

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
  // the output goes to standard output, whose own terminal decides on colours
  const { paint } = createTerminal(process.stdout, process.env, () => 0);
  const servingBag = createBag();
  const explained = createExplainer(
    { collection, config, bag, servingBag, pipelines, name },
    paint,
    options.verbose,
  );
  const rules = collection.rules.flatMap((rule) => explained(rule) ?? []);
  const settings = targetSettings(config, pipelines, project.pluginSettings);
  const converted = (wanted: readonly ExplainedRule[], into: DiagnosticBag) => {
    const warnings = createCountedWarnings(into);
    const entries = convertedEntries(
      wanted.map(({ targeted }) => targeted),
      name,
      (compiled) => target.convert(compiled, settings),
      { config, pipelines: project.pipelines, bag: into },
      warnings,
    );
    warnings.report();
    return entries;
  };
  const { serving = [], standing = [] } = Object.groupBy(rules, ({ serves }) =>
    serves ? 'serving' : 'standing',
  );
  const entries = [...converted(standing, bag), ...converted(serving, servingBag)];
  const queriesOf = new Map(entries.map((entry) => [entry.rule, entry.converted.queries]));
  for (const [index, { rule, lines, targeted }] of rules.entries()) {
    const made = targeted.forTarget(name);
    const queries = made.ok ? queriesOf.get(made.value.compiled.rule) : undefined;
    const last = queries
      ? [paint('bold', 'Query')]
      : refusalsOf(rule, servingBag).map(
          (text) => `${paint('bold', 'No query')}    ${paint('yellow', visible(text))}`,
        );
    printText(`${index > 0 ? '\n' : ''}${[...lines, ...last].join('\n')}\n`);
    // not broken, so that they can be copied
    process.stdout.write((queries ?? []).map((query) => `  ${visible(query)}\n`).join(''));
  }
  return reportProject(project, answer);
}

/** What keeps a rule from having a query. */
const refusalsOf = ({ file, span }: Rule, { list }: DiagnosticBag): readonly string[] =>
  list.flatMap((one) =>
    one.severity === 'error' &&
    one.file === file &&
    span.start <= one.span.start &&
    one.span.end <= span.end
      ? [one.message]
      : [],
  );

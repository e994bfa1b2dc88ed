import { resolve } from 'node:path';
import type { PackConfig } from '../pack/config.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { createProcessor } from '../pipeline/process.ts';
import { createSettler, type SettledRule } from '../query/compile.ts';
import { createBag, type DiagnosticBag } from '../source/diagnostic.ts';
import { loadConfig } from './config-file.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { loadRules } from './load.ts';
import { pipelinesByTarget } from './pipeline-choice.ts';
import { contextFor, type Outcome, report } from './run.ts';
import { createTerminal } from './terminal.ts';

export interface RuleChoice {
  /** Whose pipelines the rules go through first; without it, none. */
  readonly target?: string;
  readonly pipeline?: readonly string[];
  readonly config?: string;
  readonly verbose: boolean;
}

/** Rules as written, and the pipelines that they are to go through; none without a target. */
export interface SettledRules {
  readonly rules: readonly SettledRule[];
  readonly pipelines: readonly Pipeline[];
  readonly config: PackConfig;
  readonly bag: DiagnosticBag;
  readonly outcome: Omit<Outcome, 'diagnostics'>;
}

type Failed = { readonly code: ExitCode };

/** Reads and settles rules. An exit code where the configuration or a pipeline is at fault, which is reported then. */
export async function settledRules(paths: readonly string[], { target, pipeline, config, verbose }: RuleChoice): Promise<SettledRules | Failed> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const outcome = { format: 'text', verbose, context: contextFor(terminal), terminal } as const;
  const loaded = loadConfig(config);
  if (!('config' in loaded)) {
    report({ ...outcome, diagnostics: loaded });
    return { code: exitCodes.usage };
  }
  if (pipeline !== undefined && target === undefined) throw new UsageError('--pipeline needs the --target that it is for');
  const bag = createBag(loaded.config.severities);
  const chosen: ReadonlyMap<string, readonly Pipeline[]> | undefined =
    target === undefined ? new Map() : await pipelinesByTarget([target], pipeline, loaded, bag);
  if (!chosen) {
    report({ ...outcome, diagnostics: bag.list });
    return { code: exitCodes.usage };
  }
  const pipelines = target === undefined ? [] : (chosen.get(target) ?? []);
  const { collection } = loadRules([...paths, ...loaded.config.filters.map((path) => resolve(loaded.folder, path))], bag, terminal);
  const settle = createSettler(collection, { placeholders: loaded.config.placeholders, bag, keepPlaceholders: pipelines.length > 0 });
  return { rules: collection.rules.flatMap((rule) => settle(rule) ?? []), pipelines, config: loaded.config, bag, outcome };
}

/** The same, with the rules through the pipelines. */
export async function processedRules(paths: readonly string[], choice: RuleChoice): Promise<SettledRules | Failed> {
  const settled = await settledRules(paths, choice);
  if ('code' in settled || settled.pipelines.length === 0) return settled;
  const processRule = createProcessor(settled.pipelines, { bag: settled.bag });
  return { ...settled, rules: settled.rules.flatMap((rule) => processRule(rule) ?? []) };
}

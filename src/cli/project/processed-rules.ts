import { targets } from '../../backend/registry.ts';
import { noTarget, targetName } from '../../backend/target-name.ts';
import type { SettledRule } from '../../query/compile.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { CommandError } from '../error/command-error.ts';
import { type ExitCode, exitCodes } from '../error/exit-code.ts';
import { loadGivenRules } from './given-rules.ts';
import { type Answer, openProject, type Project, reportProject } from './project.ts';
import { targetSettler, writtenSettler } from './rule-settler.ts';

export interface RuleChoice {
  /** Whose pipelines the rules go through first; without it, they stay as they are written. */
  readonly target?: string;
  readonly pipeline?: readonly string[];
  readonly config?: string;
  /** Of the command line; undefined if the command takes none. */
  readonly rules?: readonly string[];
  readonly verbose: boolean;
  /** Whether rules stay that the target leaves out because no event changes their truth. */
  readonly keepsConstant?: boolean;
}

/** Opens the project for rules as written, or as one target has them. */
export async function openFor(
  choice: Omit<RuleChoice, 'verbose'>,
  answer: Answer,
): Promise<Result<Project, ExitCode>> {
  const { pipeline, config, rules } = choice;
  const target = choice.target === undefined ? undefined : targetName(choice.target, names);
  if (pipeline !== undefined && target === undefined)
    throw new CommandError('--pipeline needs the --target that it is for');
  const opened = await openProject(
    {
      config,
      pipeline,
      targets: target === undefined ? [] : [target],
      ...(rules ? { rules } : {}),
    },
    answer,
  );
  if (opened.ok && target !== undefined) refuseUnknown(target, opened.value);
  return opened;
}

const names = targets.map(({ name }) => name);

function refuseUnknown(target: string, { loaded }: Project): void {
  const known = [...new Set([...names, ...loaded.config.pipelines.keys()])];
  if (!known.includes(target)) throw new CommandError(noTarget(target, known));
}

export interface ProcessedRules {
  readonly project: Project;
  readonly rules: readonly SettledRule[];
  /** Those that only serve a correlation, and are not detections themselves. */
  readonly served: ReadonlySet<SettledRule>;
  readonly answer: Answer;
}

/** Reads rules and takes them through the pipelines of a target, where one is named. */
export async function processedRules(
  paths: readonly string[],
  choice: RuleChoice,
): Promise<Result<ProcessedRules, ExitCode>> {
  const answer = { format: 'text', verbose: choice.verbose, names: 'verbose' } as const;
  const opened = await openFor(choice, answer);
  if (!opened.ok) return opened;
  const project = opened.value;
  const { bag } = project;
  const { collection } = loadGivenRules(project, paths);
  const [target] = project.request.targets ?? [];
  const settle =
    target === undefined
      ? await writtenSettler(project, collection, bag)
      : targetSettler(project, collection, bag, target, choice);
  if (settle) {
    const served = new Set<SettledRule>();
    const rules = collection.rules.flatMap((rule) => {
      const settled = settle(rule);
      if (settled && !collection.standsAlone(rule)) served.add(settled);
      return settled ?? [];
    });
    return ok({ project, rules, served, answer });
  }
  reportProject(project, answer);
  return failed(exitCodes.usage);
}

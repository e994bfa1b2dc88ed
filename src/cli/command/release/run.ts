import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Bump } from '../../../pack/config/release-config.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { findConfig } from '../../files/find-config.ts';
import { openProject, type Project } from '../../project/project.ts';
import { dirtyTreeError } from '../../release/clean-tree.ts';
import { signingKey } from '../../release/folder.ts';
import { refuseCollisions } from '../../release/places.ts';
import { takeReleaseLock } from '../../release/stage.ts';
import { isFailure } from '../../report/context.ts';
import { printText } from '../../terminal/guarded.ts';
import { reportAsText } from '../../terminal/report.ts';
import { releaseAgain } from './again.ts';
import { type Compiled, compiledProject } from './compiled.ts';
import { finishInterrupted } from './interrupted.ts';
import { releaseNext } from './next.ts';

export interface ReleaseOptions {
  readonly bump: 'auto' | Bump;
  readonly dryRun: boolean;
  /** Give every detection the name that its title gives it now. */
  readonly rename: boolean;
  /** Leave out the detections that earlier releases retired. */
  readonly dropRetired: boolean;
  /** Only write the artifacts of the version that is in the lock. */
  readonly fromLock: boolean;
  /** With `fromLock`: a file for the section of the version in the changelog. */
  readonly notes?: string;
  /** True: the key is in the environment. */
  readonly sign?: string | true;
  readonly config?: string;
  readonly verbose: boolean;
}

/**
 * `sigpack release`: decides the version, writes version, lock, changelog and artifacts in one
 * step. No other release of the folder runs at the same time.
 */
export async function release(options: ReleaseOptions): Promise<ExitCode> {
  const path = options.dryRun ? undefined : findConfig(options.config);
  // without a configuration there is nothing to lock; what follows asks for one
  if (path === undefined || !existsSync(path)) return releaseAlone(options);
  const unlock = takeReleaseLock(dirname(resolve(path)));
  try {
    return finishInterrupted(path) ?? (await releaseAlone(options));
  } finally {
    unlock();
  }
}

async function releaseAlone(options: ReleaseOptions): Promise<ExitCode> {
  const answer = { format: 'text', verbose: options.verbose, names: 'first' } as const;
  const lock = { keepNames: !options.rename, retire: true, dropRetired: options.dropRetired };
  const opened = await openProject({ config: options.config, lock }, answer);
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { loaded, terminal } = project;
  if (options.notes !== undefined && !options.fromLock)
    throw new CommandError(
      '--notes is for --from-lock: before a release its section is not written',
    );
  if (!loaded.exists)
    throw new CommandError('a release needs a sigpack.yml; `sigpack init` writes one');
  refuseCollisions(loaded);
  const signing = signingKey(options.sign);
  const dirty = dirtyTreeError(loaded.folder, project.lock);
  if (dirty !== undefined && !options.dryRun) throw new CommandError(dirty);
  const compiled = await releasable(project);
  if (!compiled) return reportFindings(project, options);
  terminal.clear();
  const releaseOne = options.fromLock ? releaseAgain : releaseNext;
  const code = (await releaseOne(compiled, signing, options)) ?? reportFindings(project, options);
  if (dirty !== undefined) printText(`A release would be refused now: ${dirty}\n`);
  return code;
}

function reportFindings({ bag, terminal }: Project, { verbose }: ReleaseOptions): ExitCode {
  reportAsText(bag.list, terminal, verbose);
  return exitCodes.findings;
}

/**
 * The compiled project; undefined where a test or a rule fails, which the project's bag then
 * reports.
 */
async function releasable(project: Project): Promise<Compiled | undefined> {
  const { loaded, bag, unchosen } = project;
  if (!(await testsPass(project))) return undefined;
  const compiled = await compiledProject(project);
  // whatever failOn is: without one of its packs, a release would retire all detections of that
  return unchosen.length > 0 ||
    bag.list.some((diagnostic) => isFailure(diagnostic, loaded.config.failOn))
    ? undefined
    : compiled;
}

async function testsPass(project: Project): Promise<boolean> {
  const { loaded, bag } = project;
  const { defaultPaths, gateRuns } = await import('../../rule-test/session.ts');
  const runs = await gateRuns({ project, paths: defaultPaths(loaded) });
  let passed = runs.length > 0;
  for (const { run, reasons } of runs) {
    const failed = run.results.filter(({ outcome }) => outcome !== 'passed');
    // other rules are reported when they are compiled
    if (failed.length === 0 && !reasons.some(({ code }) => code.startsWith('TST'))) continue;
    passed = false;
    bag.list.push(...reasons);
    for (const { test, message } of failed)
      bag.add(test.file, {
        code: 'TST006',
        message: `"${test.name}": ${message}`,
        span: test.span,
      });
  }
  return passed;
}

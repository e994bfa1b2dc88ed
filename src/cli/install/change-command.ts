import { readFileSync, writeFileSync } from 'node:fs';
import { applyPlan, type PlannedInstall, planTo, previousOf } from '../../install/install.ts';
import { type InstallError, isPlaceError } from '../../install/install-error.ts';
import type { InstallPlan } from '../../install/plan.ts';
import { isOfSamePack, planError, planText } from '../../install/plan-file.ts';
import { doneCounts, planCounts } from '../../install/plan-text.ts';
import { longestMessage, type ServerTexts } from '../../install/server/server-text.ts';
import type { Direction, InstalledPack, InstallTarget, PackVersion } from '../../install/target.ts';
import type { OnDrift } from '../../pack/config/install-config.ts';
import { sumsName } from '../../release/supply-chain/checksums.ts';
import { signatureName } from '../../release/supply-chain/signature.ts';
import { visible, visibleJson } from '../../source/visible.ts';
import { CommandError, remoteError } from '../error/command-error.ts';
import { type ExitCode, exitCodes } from '../error/exit-code.ts';
import { shownPath } from '../files/rule-files.ts';
import { printText } from '../terminal/guarded.ts';
import { createTerminal, type Terminal } from '../terminal/terminal.ts';
import type { ArtifactCheck } from './artifact-file.ts';
import { ask } from './ask.ts';
import { printPlan } from './print-plan.ts';

export interface ChangeOptions {
  /** True: shows the plan and no more; a path: writes it there, too. */
  readonly plan?: string | true;
  /** The exit code of a plan that has something to do is 1. */
  readonly exitCode?: boolean;
  /** A plan that was written before. */
  readonly apply?: string;
  readonly yes: boolean;
  /**
   * Takes over what is there and was not installed by Sigpack, or returns to what was taken over.
   */
  readonly adopt?: boolean;
  readonly format: 'text' | 'json';
  readonly verbose: boolean;
}

export interface Change<C> {
  readonly target: InstallTarget<C>;
  readonly to: string;
  readonly direction: Direction;
  readonly onDrift: OnDrift;
  /** What is installed comes from a signed artifact, for a rollback too. */
  readonly isSigned?: boolean;
  /** Of the artifact; undefined where there is no artifact. */
  readonly check?: ArtifactCheck | undefined;
  /** Through which all goes that is shown. */
  readonly texts: ServerTexts;
  readonly options: ChangeOptions;
  readonly terminal: Terminal;
}

type Outcome = 'planned' | 'nothing to do' | 'applied' | 'failed';

/**
 * Plans, shows, asks where it has to, applies exactly that plan, and looks whether it is so now.
 */
export async function changeTarget<C>(change: Change<C>): Promise<ExitCode> {
  const { target, options, direction } = change;
  const installed = await target.installed();
  const { foreign } = installed;
  if (foreign !== undefined && direction === 'install' && options.adopt !== true)
    throw new CommandError(
      `${foreign}; nothing was done. Give --adopt to take its place: it is kept, and ` +
        `${wayBack(change)} returns to it`,
    );
  const wanted =
    direction === 'install' ? await target.wanted() : await previousFor(change, installed);
  const planned = planTo(target, direction, wanted, installed, change);
  const { plan, isDone } = planned;
  // a plan repeats what a server calls its objects
  const shown = change.texts.redactedAll(plan);
  const advice = plan.objects.length > 0 ? await adviceFor(change, wanted) : [];
  if (options.format === 'text') show(change, shown, advice);
  if (typeof options.plan === 'string') writeFileSync(options.plan, visibleJson(planText(shown)));
  if (options.apply !== undefined) refuseOtherPlan(options.apply, shown, isDone);
  if (options.plan !== undefined || isDone) {
    const code = tell(change, shown, { outcome: isDone ? 'nothing to do' : 'planned', advice });
    return options.exitCode === true && !isDone ? exitCodes.findings : code;
  }
  if (!(await mayApply(change, plan))) return tell(change, shown, { outcome: 'planned', advice });
  return applyShown(change, planned, { plan: shown, advice });
}

function show<C>(change: Change<C>, plan: InstallPlan, advice: readonly string[]): void {
  printPlan(plan, {
    paint: stdoutPaint(),
    verbose: change.options.verbose,
    wayBack: wayBack(change),
  });
  if (plan.objects.length > 0 && change.check !== undefined)
    printText(`  ${checkTexts[change.check]}\n`);
  for (const line of advice) printText(`  ${line}\n`);
}

/** What was shown of a plan, without secrets. */
interface Shown {
  readonly plan: InstallPlan;
  readonly advice: readonly string[];
}

async function applyShown<C>(
  change: Change<C>,
  planned: PlannedInstall<C>,
  { plan, advice }: Shown,
): Promise<ExitCode> {
  const { target, terminal } = change;
  try {
    const notes = await applyPlan(target, planned, (...step) => terminal.progress(...step));
    terminal.clear();
    return tell(change, plan, { outcome: 'applied', notes, advice });
  } catch (error) {
    terminal.clear();
    if (isPlaceError(error)) return tell(change, plan, { outcome: 'failed', error, advice });
    throw error;
  }
}

/** May repeat a server's own words. */
async function adviceFor<C>(
  { target, direction, texts }: Change<C>,
  wanted: PackVersion<C>,
): Promise<readonly string[]> {
  const advice = direction === 'install' ? await target.advice?.(wanted) : undefined;
  return (advice ?? []).map((line) => texts.shown(line, longestMessage));
}

const checkTexts: Readonly<Record<ArtifactCheck, string>> = {
  signed: 'The artifact is signed with the key of the place.',
  digest: 'The artifact has the digest of its SHA256SUMS; who signed it was not checked.',
  nothing: 'Neither a signature nor a digest of the artifact was checked.',
};

/**
 * Where all has to be signed, the version before is that of the artifact: what a place remembers
 * may have been changed.
 */
async function previousFor<C>(
  { target, isSigned, check, options, to }: Change<C>,
  installed: InstalledPack<C>,
): Promise<PackVersion<C>> {
  const previous = previousOf(installed);
  const isForeign = previous.isForeign === true;
  if (options.adopt === true && !isForeign)
    throw new CommandError(
      `the version before is ${previous.version} of the pack, which was not taken over: ` +
        'leave out --adopt',
    );
  if (isSigned !== true || options.adopt === true) return previous;
  if (isForeign)
    throw new CommandError(
      `what ${to} has must be signed, and what was there before Sigpack took it over is not ` +
        `(${previous.version}): give --adopt to return to it`,
    );
  if (check === undefined)
    throw new CommandError(
      `what ${to} has must be signed: give the artifact of the version to go back to, with ` +
        `the ${sumsName} and ${signatureName} beside it`,
    );
  const signed = await target.wanted();
  if (signed.digest !== previous.digest)
    throw new CommandError(
      `the artifact (${signed.version}) is not the version before, which is ${previous.version}`,
    );
  return { ...signed, version: previous.version };
}

/**
 * The command that returns to what is taken over: where all has to be signed, its option says
 * that this is not.
 */
const wayBack = <C>({ isSigned }: Change<C>): string =>
  isSigned === true ? 'sigpack rollback --adopt' : 'sigpack rollback';

/** A plan that is done already, such as one that CI applies again, counts as the same plan. */
function refuseOtherPlan(path: string, plan: InstallPlan, done: boolean): void {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new CommandError(`there is no plan ${shownPath(path)}`);
  }
  if (done && isOfSamePack(text, plan)) return;
  const reason = planError(text, plan);
  if (reason !== undefined)
    throw remoteError(
      `the plan ${shownPath(path)} cannot be applied: ${reason}; nothing was done, make a ` +
        'new plan',
    );
}

/** Asks on a terminal; without one `--yes` or a saved plan has to agree. */
async function mayApply<C>(
  { target, options, terminal }: Change<C>,
  plan: InstallPlan,
): Promise<boolean> {
  if (options.yes || options.apply !== undefined) return true;
  const instead = '--yes, or --plan FILE and then --apply FILE';
  if (options.format === 'json')
    throw new CommandError(`a report as JSON asks nothing: give ${instead}`);
  if (!(await ask(`Apply the plan (${planCounts(plan)})?`, terminal, instead))) return false;
  if ((await target.installed()).state !== plan.state)
    throw remoteError(
      'the place was changed since the plan was made; nothing was done, run the command again',
    );
  return true;
}

// the other terminal is that of standard error
const stdoutPaint = () => createTerminal(process.stdout, process.env, () => 0).paint;

interface End {
  readonly outcome: Outcome;
  readonly advice: readonly string[];
  readonly notes?: readonly string[];
  readonly error?: InstallError;
}

function tell(
  { options, to, terminal, texts, check }: Omit<Change<unknown>, 'target'>,
  plan: InstallPlan,
  { outcome, advice, notes: given = [], error }: End,
): ExitCode {
  const notes = given.map((note) => texts.shown(note, longestMessage));
  const message = error && texts.shown(error.message, longestMessage);
  const code = error ? exitCodes.remote : exitCodes.success;
  if (options.format === 'json') {
    const report = {
      outcome,
      plan,
      advice,
      ...(check === undefined ? {} : { artifact: check }),
      notes,
      ...(message === undefined ? {} : { error: message }),
    };
    process.stdout.write(`${visibleJson(JSON.stringify(report, null, 2))}\n`);
    return code;
  }
  if (message === undefined) printText(outcomeText(outcome, to, plan));
  else
    process.stderr.write(
      `${terminal.paint('red', 'failed')}: ${message}\n` +
        'What was done so far stays; run the command again to end it.\n',
    );
  if (typeof options.plan === 'string') printText(`the plan is in ${shownPath(options.plan)}\n`);
  for (const note of notes) printText(`  ${note}\n`);
  return code;
}

function outcomeText(outcome: Outcome, to: string, plan: InstallPlan): string {
  const has = `${visible(to)} has ${visible(plan.pack.version)}`;
  if (outcome === 'applied')
    return `${stdoutPaint()('green', 'done')}: ${has} (${doneCounts(plan)})\n`;
  return outcome === 'nothing to do'
    ? `${has} already; nothing to do\n`
    : `planned: ${planCounts(plan)}; nothing was done\n`;
}

import { type Drifted, driftOf } from '../../install/plan.ts';
import { driftLines } from '../../install/plan-text.ts';
import { longestMessage, withoutSecrets } from '../../install/server/server-text.ts';
import type { InstalledPack, Override } from '../../install/target.ts';
import { visible, visibleJson } from '../../source/visible.ts';
import { CommandError, isRemoteError, isUsageError } from '../error/command-error.ts';
import { type ExitCode, exitCodes } from '../error/exit-code.ts';
import type { Paint } from '../report/context.ts';
import { printText } from '../terminal/guarded.ts';
import { createTerminal } from '../terminal/terminal.ts';
import { commandErrorOf } from './guarded.ts';
import { inputFor, readPlaces } from './install-command.ts';
import { type OpenInput, withTarget } from './open-target.ts';
import { lineText } from './print-plan.ts';

export interface StatusOptions {
  /** Undefined: every place of the configuration. */
  readonly to?: string;
  readonly config?: string;
  readonly caFile?: string;
  readonly format: 'text' | 'json';
}

interface Status {
  readonly to: string;
  readonly kind: string;
  readonly pack?: string;
  /** Null: not installed. */
  readonly version?: string | null;
  readonly previous?: string | null;
  /** For which product the pack was made, and where it looks. */
  readonly madeFor?: string;
  readonly objects?: number;
  readonly drift?: readonly Drifted[];
  /** Settings of the admin's that an install keeps, and that win over those of the pack. */
  readonly overrides?: readonly Override[];
  /** What to change in the place, and what of the admin's is kept there. */
  readonly hints?: readonly string[];
  /** Changes that the place does not show. */
  readonly unseen?: string;
  /** It shows nothing but a version. */
  readonly onlyVersion?: true;
  /** What is in the place and is not Sigpack's. */
  readonly foreign?: string;
  readonly error?: string;
}

/** `sigpack status`: what is installed where, and what someone changed there. */
export async function status(
  artifact: string | undefined,
  options: StatusOptions,
): Promise<ExitCode> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const loaded = readPlaces(options.config, terminal);
  if (!loaded) return exitCodes.usage;
  const names = options.to === undefined ? [...loaded.config.installs.keys()] : [options.to];
  if (names.length === 0) throw new CommandError('sigpack.yml names no places under installs');
  const places: Status[] = [];
  for (const name of names) {
    const input = inputFor(loaded, name, artifact, options.caFile);
    terminal.progress(places.length, names.length, name);
    const place = await statusOf(input, names.length > 1);
    // it repeats what a server calls its objects
    places.push(input.texts.redactedAll(place));
  }
  terminal.clear();
  if (options.format === 'json')
    process.stdout.write(`${visibleJson(JSON.stringify({ places }, null, 2))}\n`);
  else {
    const { paint } = createTerminal(process.stdout, process.env, () => 0);
    for (const one of places) printText(statusText(one, paint));
  }
  if (places.some(({ error }) => error !== undefined)) return exitCodes.remote;
  return places.some(({ drift = [] }) => drift.length > 0) ? exitCodes.findings : exitCodes.success;
}

/** Of one place alone, wrong settings are the answer; of several, the others are shown, too. */
async function statusOf(input: OpenInput, isOneOfSeveral: boolean): Promise<Status> {
  const { name: to, texts } = input;
  try {
    return await withTarget(input, async (target) => ({
      to,
      kind: target.kind,
      pack: target.id,
      ...stateOf(await target.installed()),
    }));
  } catch (thrown) {
    const error = commandErrorOf(thrown);
    const isShown = isRemoteError(error) || (isUsageError(error) && isOneOfSeveral);
    if (!isShown) throw withoutSecrets(error, texts);
    return { to, kind: input.place.kind, error: texts.shown(error.message, longestMessage) };
  }
}

type State = Omit<Status, 'to' | 'kind' | 'pack' | 'error'>;

/** The order of the keys is that of the report as JSON. */
function stateOf<C>(installed: InstalledPack<C>): State {
  const { version, previous, current, foreign, overrides = [], hints = [] } = installed;
  const before = { previous: previous?.version ?? null };
  const rest = {
    ...(overrides.length === 0 ? {} : { overrides }),
    ...(hints.length === 0 ? {} : { hints }),
    ...(foreign === undefined ? {} : { foreign }),
  };
  if (version === undefined) return { version: null, ...before, objects: 0, drift: [], ...rest };
  const { known, isShared, unseen, madeFor } = installed;
  return {
    version,
    ...before,
    ...(madeFor === undefined ? {} : { madeFor }),
    objects: current.length,
    drift: driftOf({ known, current, isShared }),
    ...(unseen === undefined
      ? {}
      : { unseen: unseen.what, ...(unseen.all === true ? { onlyVersion: true as const } : {}) }),
    ...rest,
  };
}

function statusText(
  {
    to,
    kind,
    version,
    previous,
    objects,
    drift = [],
    unseen,
    onlyVersion,
    overrides = [],
    hints = [],
    foreign,
    madeFor,
    error,
  }: Status,
  paint: Paint,
): string {
  const head = paint('bold', visible(to));
  if (error !== undefined) return `${head} (${kind}): ${paint('red', visible(error))}\n`;
  if (version === null || version === undefined)
    return (
      `${head} (${kind}): not installed` +
      `${foreign === undefined ? '' : `; ${visible(foreign)}`}\n`
    );
  const before = previous === null || previous === undefined ? '' : `, before it ${previous}`;
  const lines = drift.flatMap((one) =>
    driftLines(kind, one).map((line) => `${lineText(line, paint)}\n`),
  );
  const seen = drift.length === 0 ? 'as installed' : `${drift.length} changed in place`;
  const drifted =
    unseen === undefined ? seen : `${onlyVersion ? '' : `${seen}; `}${unseen} cannot be seen`;
  const local = overrides.length === 0 ? '' : `, ${overrides.length} changed in local/`;
  const made = madeFor === undefined ? [] : [`  made for ${visible(madeFor)}\n`];
  const notes = hints.map((one) => `  ${visible(one)}\n`);
  const settings = overrides.map((one) => `  * ${visible(overrideText(one))}\n`);
  return (
    `${head} (${kind}): ${visible(version)}${visible(before)}, ${objects} objects, ${drifted}` +
    `${local}\n${[...made, ...lines, ...settings, ...notes].join('')}`
  );
}

const overrideText = ({ name, file, settings, unused }: Override): string =>
  `${name} in ${file}${settings.length === 0 ? '' : `: ${settings.join(', ')}`}` +
  (unused === true ? ', which has no effect: the app lacks it' : '');

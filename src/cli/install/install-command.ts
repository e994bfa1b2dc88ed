import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { countsByKind } from '../../install/object-kinds.ts';
import { type InstallPlan, planOf } from '../../install/plan.ts';
import {
  createServerTexts,
  longestMessage,
  type ServerTexts,
} from '../../install/server/server-text.ts';
import { configuredSettings } from '../../install/splunk/search-settings.ts';
import type { InstalledPack, InstallTarget } from '../../install/target.ts';
import type { InstallConfig, OnDrift } from '../../pack/config/install-config.ts';
import { visible } from '../../source/visible.ts';
import { CommandError } from '../error/command-error.ts';
import { type ExitCode, exitCodes } from '../error/exit-code.ts';
import { type LoadedConfig, loadConfig } from '../files/config-file.ts';
import { configName, findConfig } from '../files/find-config.ts';
import { readPublicKeyFile } from '../files/key-file.ts';
import { shownPath } from '../files/rule-files.ts';
import { releaseState } from '../release/stage.ts';
import { printText } from '../terminal/guarded.ts';
import { reportAsText } from '../terminal/report.ts';
import { createTerminal, type Terminal } from '../terminal/terminal.ts';
import { checkOf } from './artifact-file.ts';
import { ask } from './ask.ts';
import { type ChangeOptions, changeTarget } from './change-command.ts';
import { guarded } from './guarded.ts';
import { hostOf, isLoopback } from './http/proxy.ts';
import { type OpenInput, withTarget } from './open-target.ts';
import { printPlan } from './print-plan.ts';

export interface PlaceOptions {
  readonly to: string;
  readonly config?: string;
  readonly caFile?: string;
}

export interface InstallOptions extends PlaceOptions, ChangeOptions {
  readonly drift?: OnDrift;
  /** PEM of the public key, in place of the configuration's. */
  readonly key?: string;
}

/** `sigpack install`: brings an artifact to a place that sigpack.yml names. */
export const install = (artifact: string | undefined, options: InstallOptions): Promise<ExitCode> =>
  change(artifact, options, 'install');

/** `sigpack rollback`: returns to the version before. */
export const rollback = (
  artifact: string | undefined,
  options: InstallOptions,
): Promise<ExitCode> => change(artifact, options, 'rollback');

function change(
  artifact: string | undefined,
  options: InstallOptions,
  direction: 'install' | 'rollback',
): Promise<ExitCode> {
  refuseSwallowed(artifact, options, direction);
  if (options.exitCode === true && options.plan === undefined)
    throw new CommandError('--exit-code is for --plan, which changes nothing');
  return atPlace(artifact, options, (input, terminal) => {
    const key = keyOf(input, options);
    const opened = {
      ...input,
      ownOnly: direction === 'install',
      ...(input.artifact ? { artifact: { ...input.artifact, key } } : {}),
    };
    const check = opened.artifact && checkOf(opened.artifact);
    return withTarget(opened, (target) =>
      changeTarget({
        target,
        to: options.to,
        direction,
        onDrift: options.drift ?? input.place.onDrift ?? 'keep',
        isSigned: key !== undefined,
        check,
        texts: input.texts,
        options,
        terminal,
      }),
    );
  });
}

/** `--plan` takes the next word for its file: an artifact must not be written over, or missing. */
function refuseSwallowed(
  artifact: string | undefined,
  { plan, to }: InstallOptions,
  direction: 'install' | 'rollback',
): void {
  if (typeof plan === 'string' && !plan.endsWith('.json'))
    throw new CommandError(
      `the file of a plan ends with .json, and --plan took ${shownPath(plan)} for it; give ` +
        `the artifact first: sigpack ${direction} ${artifact ?? plan} --to ${to} --plan`,
    );
  if (artifact === undefined && direction === 'install')
    throw new CommandError(`give the artifact to install: sigpack install ARTIFACT --to ${to}`);
}

/** The key that what is installed has to be signed with. */
function keyOf({ place, folder }: OpenInput, { key }: InstallOptions): KeyObject | undefined {
  const path =
    key ?? (place.publicKey === undefined ? undefined : resolve(folder, place.publicKey));
  return path === undefined ? undefined : readPublicKeyFile(path);
}

export interface UninstallOptions extends PlaceOptions {
  readonly yes: boolean;
}

/** `sigpack uninstall`: shows what there is of the pack, asks, and takes all of it away. */
export function uninstall(
  artifact: string | undefined,
  options: UninstallOptions,
): Promise<ExitCode> {
  const { to, yes } = options;
  return atPlace(artifact, options, (input, terminal) =>
    withTarget(input, async (target) => {
      const installed = await target.installed();
      const named = nameOf(target.id, installed.title, input.texts);
      if (installed.foreign === undefined && installed.current.length > 0) {
        const { paint } = createTerminal(process.stdout, process.env, () => 0);
        printPlan(input.texts.redactedAll(removalOf(target, to, installed)), {
          paint,
          verbose: false,
          wayBack: '',
        });
        const question = `Take ${named} away from ${visible(to)}, with the version to go back to?`;
        if (!yes && !(await ask(question, terminal, '--yes'))) return exitCodes.success;
      }
      const { objects, notes } = await target.uninstall((...step) => terminal.progress(...step));
      terminal.clear();
      const what =
        objects === installed.current.length
          ? countsByKind(target.kind, installed.current)
          : `${objects} objects`;
      printText(
        objects === 0
          ? `${to} has nothing of ${named}\n`
          : `removed ${named} from ${to}: ${what}\n`,
      );
      for (const note of notes) printText(`  ${visible(note)}\n`);
      return exitCodes.success;
    }),
  );
}

/** A pack as people know it, and by the id that its place gave it. */
const nameOf = (id: string, title: string | undefined, texts: ServerTexts): string =>
  title === undefined ? id : `${texts.shown(title, longestMessage)} (${id})`;

/** All that there is of the pack, to be removed. */
function removalOf<C>(
  { kind, id }: InstallTarget<C>,
  to: string,
  { version = '', current, state }: InstalledPack<C>,
): InstallPlan {
  const pack = { id, from: version, version: 'nothing', digest: '' };
  return planOf({
    to,
    kind,
    pack,
    wanted: [],
    current,
    known: [],
    onDrift: 'keep',
    gone: () => 'remove',
    state,
  });
}

/** Reads the configuration, finds the place, and turns errors of servers into an exit code. */
async function atPlace(
  artifact: string | undefined,
  { to, config, caFile, format }: PlaceOptions & { readonly format?: 'text' | 'json' },
  use: (input: OpenInput, terminal: Terminal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const loaded = readPlaces(config, terminal);
  if (!loaded) return exitCodes.usage;
  const input = inputFor(loaded, to, artifact, caFile);
  return guarded(terminal, format, input.texts, () => use(input, terminal));
}

/** The configuration, which names the places; undefined where its diagnostics were shown. */
export function readPlaces(
  config: string | undefined,
  terminal: Terminal,
): LoadedConfig | undefined {
  const path = findConfig(config);
  if (path === undefined)
    throw new CommandError(
      `no ${configName} here or above, which names places under installs: go to the folder of ` +
        'the project, or name the file with -c',
    );
  const loaded = loadConfig(path);
  if (loaded.ok) {
    if (releaseState(loaded.value.folder) === 'cut off')
      process.stderr.write('sigpack: a release was cut off here; `sigpack release` finishes it\n');
    return loaded.value;
  }
  reportAsText(loaded.error, terminal, false);
  return undefined;
}

export function inputFor(
  { config, folder }: LoadedConfig,
  name: string,
  artifact: string | undefined,
  caFile: string | undefined,
): OpenInput {
  const place = config.installs.get(name);
  if (!place) {
    const names = [...config.installs.keys()].join(', ');
    throw new CommandError(
      `sigpack.yml names no place ${JSON.stringify(name)} under installs` +
        `${names === '' ? '' : `; there are: ${names}`}`,
    );
  }
  warnOfPlainHttp(name, place);
  return {
    name,
    place,
    folder,
    info: config.info,
    isConfigured: configuredSettings(config),
    watchActions: config.elasticsearch.actions,
    artifact: artifact === undefined ? undefined : { path: artifact, key: undefined, to: name },
    ownOnly: false,
    caFile,
    env: process.env,
    texts: createServerTexts(),
  };
}

function warnOfPlainHttp(name: string, place: InstallConfig): void {
  if (
    !('url' in place) ||
    place.url === undefined ||
    !/^http:/.test(place.url) ||
    !URL.canParse(place.url) ||
    isLoopback(hostOf(new URL(place.url)))
  )
    return;
  process.stderr.write(
    `sigpack: the secret of ${name} goes over the network as it is: ${visible(place.url)} is ` +
      `not https\n`,
  );
}

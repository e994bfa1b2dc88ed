import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  type AppFiles,
  appMadeFor,
  appVersion,
  fileObjects,
  filesDigest,
  type SplunkApp,
  settingsIn,
} from '../../../install/splunk/app-files.ts';
import { appLoadLines } from '../../../install/splunk/app-load.ts';
import { deploymentNotes, unseenFrom } from '../../../install/splunk/deployed-apps.ts';
import { switchedLines } from '../../../install/splunk/switched.ts';
import type {
  Applying,
  InstalledPack,
  InstallTarget,
  Override,
  PackVersion,
  Uninstalled,
} from '../../../install/target.ts';
import type { SplunkPlace } from '../../../pack/config/install-config.ts';
import { CommandError } from '../../error/command-error.ts';
import { errorCode } from '../../error/error-code.ts';
import { fileError } from '../../error/file-error.ts';
import { withSlashes } from '../../files/portable-path.ts';
import { isHeld, removeDeadLocks, withDiskLock } from './lock.ts';
import { recall } from './memory.ts';
import { overrideNotes } from './override-notes.ts';
import { type LocalOverride, overridesIn } from './overrides.ts';
import { asOwner } from './owner.ts';
import { type AppPlaces, leftIn } from './state-folder.ts';
import { isCutOff, mendApp, removeApp, swapApp } from './swap.ts';
import { isFolder, linkOnTheWay, readTree } from './tree.ts';
import { isWrittenInApp, isWrittenInState } from './written-paths.ts';

export interface SplunkDiskOptions {
  /** Splunk's home. */
  readonly home: string;
  readonly place: SplunkPlace;
  readonly appId: string;
  /** Undefined where nothing is to be installed. */
  readonly app: SplunkApp | undefined;
}

const afterwards: Readonly<Record<SplunkPlace, string>> = {
  apps: 'Restart Splunk, or open /debug/refresh in its web interface, so that it reads the app.',
  shcluster:
    'Run `splunk apply shcluster-bundle` on the deployer, so that the members get the app.',
  'deployment-apps': 'Run `splunk reload deploy-server`, so that the clients get the app.',
};

/**
 * An app on disk. The new one is unpacked next to it, the admin's files are copied into that, and
 * the two are swapped. The old one is kept for a rollback.
 */
export function splunkDiskTarget(options: SplunkDiskOptions): InstallTarget<AppFiles> {
  const { home, place, appId, app } = options;
  const folder = join(home, 'etc', place === 'shcluster' ? 'shcluster/apps' : place);
  // next to the apps, on the same disk, and not an app to Splunk
  const state = join(home, 'etc', '.sigpack', place, appId);
  const disk: DiskApp = { ...options, places: { target: join(folder, appId), folder, state } };
  return {
    kind: 'splunk-disk',
    id: appId,
    async wanted() {
      if (!app) throw new CommandError('there is no app to install');
      return versionOf(app.files);
    },
    async installed() {
      return withAccess(disk, 'look', () => {
        tidy(disk.places);
        return readDisk(disk);
      });
    },
    async advice({ content }) {
      const { switched, notes } = withAccess(disk, 'look', () => changesAt(disk.places, content));
      return [
        ...switched,
        ...appLoadLines(content, undefined),
        ...deploymentNotes(place, appId),
        ...notes,
      ];
    },
    async apply(applying) {
      return withAccess(disk, 'change', () => apply(disk, applying));
    },
    async uninstall() {
      return withAccess(disk, 'change', () => uninstall(disk));
    },
  };
}

interface DiskApp extends SplunkDiskOptions {
  readonly places: AppPlaces;
}

/** With the rights of who owns the apps, and where no link leads elsewhere. */
function withAccess<T>(
  { home, place, appId, places }: DiskApp,
  use: 'look' | 'change',
  work: () => T,
): T {
  if (!existsSync(join(home, 'etc')))
    throw new CommandError(`${home} is not a home of Splunk: it has no folder etc`);
  const left = [
    { parts: ['etc', '.sigpack'], isWritten: isWrittenInState(place, appId) },
    { parts: partsOf(home, places.target), isWritten: isWrittenInApp(appId) },
  ];
  return asOwner(home, places.folder, use === 'change' ? left : undefined, () => {
    refuseLinks(home, places);
    return work();
  });
}

/** Ends what an earlier run was cut off at, unless a run is under way. */
function tidy(places: AppPlaces): void {
  const { state } = places;
  if (!isFolder(state) || isHeld(state)) return;
  if (isCutOff(places)) endCutOff(places);
  else removeDeadLocks(state);
}

/** What an install of these files changes for what is there. */
function changesAt(
  { target, state }: AppPlaces,
  files: AppFiles,
): Readonly<Record<'switched' | 'notes', readonly string[]>> {
  if (!existsSync(target)) return { switched: [], notes: [] };
  const { installed } = recall(state);
  return {
    switched: switchedLines(installed, files),
    notes: overrideNotes(target, files, installed),
  };
}

function apply(disk: DiskApp, { plan, wanted, direction }: Applying<AppFiles>): readonly string[] {
  const { places, place } = disk;
  const { state } = places;
  const left = withDiskLock(state, () => {
    mendApp(places);
    const there = readDisk(disk);
    if (there.state !== plan.state)
      throw new CommandError('the app was changed since the plan was made; make a new plan');
    const kept = plan.drift.filter(({ outcome }) => outcome === 'kept');
    const back = there.previous?.isForeign === true ? 'release' : 'rollback';
    const forward = plan.adopts === undefined ? 'install' : 'adopt';
    swapApp(places, wanted.content, kept, direction === 'install' ? forward : back);
    return leftIn(state);
  });
  return [
    afterwards[place],
    ...left.map((path) => `${path} could not be deleted: folders in it belong to another user.`),
  ];
}

function uninstall(disk: DiskApp): Uninstalled {
  const { places, place } = disk;
  if (!existsSync(places.target)) return { objects: 0, notes: [] };
  return withDiskLock(places.state, () => {
    mendApp(places);
    const { foreign, current } = readDisk(disk);
    if (foreign !== undefined)
      throw new CommandError(`${foreign}; sigpack uninstalls what it installed`);
    const { app, adopted } = removeApp(places);
    const theirs =
      adopted === undefined
        ? []
        : [`The app that it had taken the place of is kept in ${adopted}.`];
    return {
      objects: current.length,
      notes: [
        `The app is kept in ${app}, with its local/ and all else that was in it.`,
        ...theirs,
        afterwards[place],
      ],
    };
  });
}

/** A run that only looks may lack the right to write there, or the disk is full. */
function endCutOff(places: AppPlaces): void {
  try {
    withDiskLock(places.state, () => mendApp(places));
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) throw error;
    throw new CommandError(
      `an install into ${places.target} was cut off and has to be ended first, which cannot ` +
        `be done now: ${fileError(error)}`,
    );
  }
}

function readDisk({ places, place, appId, app }: DiskApp): InstalledPack<AppFiles> {
  const { target, state } = places;
  const unseen = unseenFrom(place);
  const files = isFolder(target) ? readTree(target) : new Map<string, Uint8Array>();
  const { installed, previous, isAdopted } = recall(state);
  const version = appVersion(files);
  const isForeign = existsSync(target) && !installed;
  return {
    version: isForeign ? undefined : version,
    title: settingsIn(files, 'default/app.conf').get('ui')?.get('label'),
    madeFor: appMadeFor(files),
    ...(isForeign
      ? {
          foreign:
            `an app ${appId}${version === undefined ? '' : ` ${version}`} is there that ` +
            'Sigpack did not install',
        }
      : {}),
    digest: installed && filesDigest(installed),
    // lookups that no version brought are the admin's
    current: fileObjects(
      files,
      (path) => installed?.has(path) === true || app?.files.has(path) === true,
    ),
    known: installed ? [fileObjects(installed)] : [],
    isShared: installed !== undefined,
    ...(installed && existsSync(target)
      ? { overrides: overridesIn(target, installed).map(reported) }
      : {}),
    // of someone else's app all lookups are the admin's
    previous: previous && { ...versionOf(previous, () => !isAdopted), isForeign: isAdopted },
    ...(unseen === undefined ? {} : { unseen: { what: unseen } }),
    state: filesDigest(files),
  };
}

/** Values of an admin's settings may be secrets. */
const reported = ({ values: _, ...override }: LocalOverride): Override => override;

const partsOf = (home: string, path: string): readonly string[] =>
  withSlashes(relative(home, path)).split('/');

/**
 * A folder on the way that is a link would have another one changed. Links above etc/
 * belong to the setup of Splunk.
 */
function refuseLinks(home: string, { target, state }: AppPlaces): void {
  const link = [target, state]
    .map((path) => linkOnTheWay(join(home, 'etc'), partsOf(join(home, 'etc'), path)))
    .find((one) => one !== undefined);
  if (link !== undefined)
    throw new CommandError(
      `${link} is a link; sigpack installs into folders alone: put the folder itself there`,
    );
}

const versionOf = (files: AppFiles, isOurs?: (path: string) => boolean): PackVersion<AppFiles> => ({
  version: appVersion(files) ?? '',
  digest: filesDigest(files),
  objects: fileObjects(files, isOurs),
  content: files,
});

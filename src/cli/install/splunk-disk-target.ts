import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AppFiles, appVersion, fileObjects, filesDigest, type SplunkApp } from '../../install/app-files.ts';
import type { SplunkPlace } from '../../pack/install-config.ts';
import { UsageError } from '../exit-code.ts';
import { isHeld, withDiskLock } from './disk-lock.ts';
import { type AppPlaces, mendApp, readTree, removeApp, swapApp } from './disk-swap.ts';
import type { Installed, InstallTarget, Version } from './target.ts';

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
  shcluster: 'Run `splunk apply shcluster-bundle` on the deployer, so that the members get the app.',
  'deployment-apps': 'Run `splunk reload deploy-server`, so that the clients get the app.',
};

/**
 * An app on disk. The new one is unpacked beside, the admin's own files are copied into it, and it is swapped with the old one, which is kept for a
 * rollback.
 */
export function splunkDiskTarget({ home, place, appId, app }: SplunkDiskOptions): InstallTarget<AppFiles> {
  const folder = join(home, 'etc', place === 'shcluster' ? 'shcluster/apps' : place);
  // beside the apps, on the same disk, and no app to Splunk
  const state = join(home, 'etc', '.sigpack', place, appId);
  const places: AppPlaces = { target: join(folder, appId), folder, state };
  const read = (): Installed<AppFiles> => {
    const files = existsSync(places.target) ? readTree(places.target) : new Map<string, Buffer>();
    const record = existsSync(join(state, 'installed')) ? readTree(join(state, 'installed')) : undefined;
    const previous = existsSync(join(state, 'previous')) ? versionOf(readTree(join(state, 'previous'))) : undefined;
    return {
      version: appVersion(files),
      digest: record && filesDigest(record),
      // lookups that no version brought are the admin's
      current: fileObjects(files, (path) => record?.has(path) === true || app?.files.has(path) === true),
      known: record ? [fileObjects(record)] : [],
      previous,
      state: filesDigest(files),
    };
  };
  const refuseOther = (): void => {
    if (!existsSync(join(home, 'etc'))) throw new UsageError(`${home} is no home of Splunk: it has no folder etc`);
  };
  return {
    kind: 'splunk-disk',
    id: appId,
    async wanted() {
      if (!app) throw new UsageError('there is no app to install');
      return versionOf(app.files);
    },
    async installed() {
      refuseOther();
      if (existsSync(state) && !isHeld(state)) withDiskLock(state, () => mendApp(places));
      return read();
    },
    async apply({ plan, wanted, direction }) {
      withDiskLock(state, () => {
        mendApp(places);
        if (read().state !== plan.state) throw new UsageError('the app was changed since the plan was made; make a new plan');
        const kept = plan.drift.filter(({ outcome }) => outcome === 'kept');
        swapApp(places, wanted.content, kept, direction);
      });
      return [afterwards[place]];
    },
    async uninstall() {
      refuseOther();
      if (!existsSync(places.target)) return 0;
      return withDiskLock(state, () => {
        const count = fileObjects(readTree(places.target)).length;
        removeApp(places);
        return count;
      });
    },
  };
}

const versionOf = (files: AppFiles): Version<AppFiles> => ({
  version: appVersion(files) ?? '',
  digest: filesDigest(files),
  objects: fileObjects(files),
  content: files,
});

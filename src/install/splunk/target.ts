import { InstallError } from '../install-error.ts';
import { type ServerConnection, type ServerLogin, widthOf } from '../server/connection.ts';
import { inParallel } from '../server/in-parallel.ts';
import type { InstallTarget, PackVersion, Progress, Uninstalled } from '../target.ts';
import { filesDigest, type SplunkApp } from './app-files.ts';
import { appLoadLines } from './app-load.ts';
import { applyToApp } from './apply.ts';
import { createSplunkClient, type SplunkClient } from './client.ts';
import { type AppPlace, othersIn, readInstalled } from './installed.ts';
import { createObjectWriter } from './object-writer.ts';
import { type SplunkObject, sortedObjects, splunkObjects } from './objects.ts';
import { createRecordWriter } from './record-writer.ts';
import { slotsOf } from './slots.ts';
import { switchedLines } from './switched.ts';

/** What {@link splunkTarget} needs. */
export interface SplunkTargetOptions {
  /** Its url is that of the management port, 8089 by default. */
  readonly server: ServerConnection;
  readonly login: ServerLogin;
  readonly appId: string;
  /** What is to be installed; undefined: nothing is. */
  readonly app?: SplunkApp | undefined;
  /**
   * Puts the app as a file where the server can read it, and returns the path by which the server
   * knows it. Without it searches, macros, lookups and views are written one by one.
   */
  readonly putFile?: ((app: SplunkApp) => Promise<string>) | undefined;
}

/**
 * A Splunk server, by its management interface: searches, macros, lookups and views one by one, or
 * the app as a file that the server can read. What was installed, and what was before it, is kept
 * in sigpack.conf of the app, so that any machine can plan the next install or go back.
 *
 * @example
 * import { readFileSync } from 'node:fs';
 * import { setTimeout } from 'node:timers/promises';
 * import { readSplunkApp, splunkTarget } from 'sigpack';
 * import { send } from './send.js'; // the example of SendRequest
 *
 * const app = await readSplunkApp(readFileSync('packs/acme-1.0.0.spl'));
 * const target = splunkTarget({
 *   server: { url: 'https://splunk.example.org:8089', send, sleep: setTimeout },
 *   login: { secret: process.env.SPLUNK_TOKEN ?? '' },
 *   appId: app.id,
 *   app,
 * });
 * (await target.installed()).version; // => undefined
 */
export function splunkTarget(options: SplunkTargetOptions): InstallTarget<SplunkApp> {
  const { server, login, appId, app, putFile } = options;
  const client = createSplunkClient(server, login);
  const place: AppPlace = {
    client,
    objects: createObjectWriter(client, appId),
    records: createRecordWriter(client, appId),
    appId,
    app,
    width: widthOf(server),
    upload: putFile && (async (wanted) => readFile(client, await putFile(wanted))),
  };
  let before: SplunkApp | undefined;
  return {
    kind: 'splunk',
    id: appId,
    async wanted() {
      if (!app) throw new InstallError('input', 'there is no app to install');
      return versionOf(app);
    },
    async installed() {
      const { installed, record } = await readInstalled(place);
      before = record?.app;
      return installed;
    },
    advice: async ({ content }) => [
      ...switchedLines(before?.files, content.files),
      ...appLoadLines(content.files, await slotsOf(client)),
    ],
    apply: (applying) => applyToApp(place, applying),
    uninstall: (progress) => uninstall(place, progress),
  };
}

const versionOf = (app: SplunkApp): PackVersion<SplunkApp> => ({
  version: app.version,
  digest: filesDigest(app.files),
  objects: splunkObjects(app),
  content: app,
});

/** Has the server update the app from a file that it can read; returns what to know. */
async function readFile(client: SplunkClient, path: string): Promise<string> {
  const parameters = [
    ['name', path],
    ['filename', '1'],
    ['update', '1'],
  ] as const;
  await client.post('/services/apps/local', parameters, { repeatable: true, slow: true });
  return 'Splunk may ask for a restart in its web interface.';
}

async function uninstall(place: AppPlace, progress: Progress): Promise<Uninstalled> {
  const { client, objects, records, appId, width } = place;
  const { installed, adopted } = await readInstalled(place);
  if (adopted)
    throw new InstallError(
      'input',
      `an uninstall would delete what is kept of the app ${appId} ${adopted.version} ` +
        'that was taken over; sigpack rollback returns to it',
    );
  if (installed.foreign !== undefined)
    throw new InstallError('input', `${installed.foreign}; sigpack uninstalls what it installed`);
  const there = sortedObjects(installed.current as readonly SplunkObject[]).reverse();
  let done = 0;
  const ofApp = there.filter(({ collection }) => collection !== 'apps/local');
  await inParallel(ofApp, width, async (one) => {
    await objects.remove(one);
    progress(++done, there.length, 'removing');
  });
  const others = await othersIn(client, appId, new Set(there.map(({ key }) => key)));
  await records.removeRecords();
  if (others.length > 0)
    return {
      objects: ofApp.length,
      notes: [`The app stays, as it has others in it: ${others.slice(0, 10).join(', ')}.`],
    };
  await client.remove(`/services/apps/local/${appId}`);
  return { objects: there.length, notes: [] };
}

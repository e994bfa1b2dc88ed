/**
 * node test/judges/install-splunk.ts: the pack of public rules goes object by object into the
 * Splunk of the tests, and the official client for Python reads from it what was written: so the
 * stand-in is judged by a client that is at home with the real server.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { settingsIn, textOf } from '../../src/install/splunk/app-files.ts';
import { readSplunkApp } from '../../src/install/splunk/read-app.ts';
import { startServer } from '../fake/server.ts';
import { createFakeSplunk } from '../fake/splunk.ts';
import { createChecks } from './checks.ts';
import { runSigpack } from './command.ts';
import { installed } from './places.ts';
import { rulePaths } from './proof-data.ts';

const python = installed('splunk-sdk', 'splunk-sdk', 'bin', 'python3');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-install-splunk-'));
const password = 'a & b = "c" d%20';

const { check, end } = createChecks();
const sigpack = (...args: readonly string[]) =>
  runSigpack(folder, { JUDGE_PASSWORD: password }, ...args);

interface Read {
  readonly version: string;
  readonly label: string;
  readonly searches: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  readonly macros: Readonly<Record<string, string>>;
  readonly transforms: Readonly<Record<string, string>>;
  readonly views: Readonly<Record<string, string>>;
}

function readBySdk(port: string): Promise<Read> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [join(import.meta.dirname, 'install-splunk.py'), port], {
      env: { ...process.env, JUDGE_PASSWORD: password },
    });
    let [out, errors] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
    child.on('close', (code) =>
      code === 0 ? resolve(JSON.parse(out) as Read) : reject(new Error(errors)),
    );
  });
}

const splunk = createFakeSplunk({ user: 'admin', password, token: 'unused' });
const server = await startServer((request) => splunk.handle(request));
try {
  mkdirSync(join(folder, 'rules'));
  for (const path of rulePaths) copyFileSync(path, join(folder, 'rules', basename(path)));
  writeFileSync(
    join(folder, 'sigpack.yml'),
    `id: acme\ntitle: Acme detections\nversion: 1.2.3\nfailOn: never\ntargets: [splunk]\npipelines: { splunk: none }\ninstalls:\n  judge: { kind: splunk, url: '${server.url}', user: admin, secretEnv: JUDGE_PASSWORD, retries: 0 }\n`,
  );
  const built = await sigpack('build', '-o', 'packs');
  check('the pack is built', built.code === 0, built.out);
  const installed = await sigpack('install', 'packs', '--to', 'judge', '--yes');
  check('it is installed', installed.code === 0, installed.out);
  const again = await sigpack('install', 'packs', '--to', 'judge', '--yes');
  check(
    'a second run has nothing to do',
    again.code === 0 && again.out.includes('nothing to do'),
    again.out,
  );

  const { files } = await readSplunkApp(readFileSync(join(folder, 'packs', 'acme-1.2.3.spl')));
  const read = await readBySdk(new URL(server.url).port);
  check('version and label', read.version === '1.2.3' && read.label === 'Acme detections', read);
  const searches = settingsIn(files, 'default/savedsearches.conf');
  check(
    'as many searches',
    Object.keys(read.searches).length === searches.size && searches.size > 100,
    [Object.keys(read.searches).length, searches.size],
  );
  for (const [name, settings] of searches) {
    const there = read.searches[name];
    const same =
      there?.search === settings.get('search') &&
      there?.cron === settings.get('cron_schedule') &&
      there?.scheduled === settings.get('enableSched') &&
      there?.disabled === (settings.get('disabled') ?? '0') &&
      there?.type === settings.get('counttype') &&
      there?.severity === settings.get('alert.severity') &&
      there?.app === 'acme';
    check(`search ${name}`, same, [there, Object.fromEntries(settings)]);
  }
  const macros = settingsIn(files, 'default/macros.conf');
  for (const [name, settings] of macros)
    check(`macro ${name}`, read.macros[name] === settings.get('definition'), read.macros[name]);
  for (const [name, settings] of settingsIn(files, 'default/transforms.conf'))
    check(`lookup definition ${name}`, read.transforms[name] === settings.get('filename'));
  const textAt = (path: string): string => textOf(files.get(path) ?? new Uint8Array());
  check('view', read.views.overview === textAt('default/data/ui/views/overview.xml'));
  for (const name of ['acme_detections.csv', 'acme_attack.csv']) {
    const rows = (text: string | undefined): string => (text ?? '').replaceAll('"', '').trim();
    check(
      `lookup ${name}`,
      rows(splunk.apps.get('acme')?.lookups.get(name)) === rows(textAt(`lookups/${name}`)),
    );
  }

  const drifted = await sigpack('status');
  const names = Object.keys(read.searches)
    .filter((name) => read.searches[name]?.disabled === '0')
    .sort();
  check(
    'what the client changed is drift',
    drifted.code === 1 && drifted.out.includes('2 changed in place'),
    drifted.out,
  );
  check(
    'by name',
    drifted.out.includes(`! saved search ${names[0]} was changed`) &&
      drifted.out.includes(`! saved search ${names.at(-1)} was changed`),
    drifted.out,
  );
  const over = await sigpack('install', 'packs', '--to', 'judge', '--yes', '--drift', 'overwrite');
  check('it is overwritten', over.code === 0, over.out);
  const after = await readBySdk(new URL(server.url).port);
  check('as before', JSON.stringify(after) === JSON.stringify(read));
  check(
    'no secret was shown',
    ![built, installed, again, drifted, over].some(({ out }) => out.includes(password)),
  );
  console.log(
    `splunk-sdk reads ${searches.size} searches and ${macros.size} macros as they were written`,
  );
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
end('installing into Splunk holds');

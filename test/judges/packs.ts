/**
 * node test/judges/packs.ts: builds the packs that AppInspect and Graylog look at, into
 * dist/judges.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { corpusFolders } from './corpus.ts';
import { main, packs, root } from './places.ts';

function build(name: string, ...args: readonly string[]): void {
  const output = join(packs, name);
  rmSync(output, { recursive: true, force: true });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [main, 'build', ...args, '-o', output],
    { cwd: root, encoding: 'utf8' },
  );
  // 1 where a target can't express a rule
  if (status !== 0 && status !== 1)
    throw new Error(`build of ${name} ends with ${status}: ${stdout}${stderr}`);
  console.log(`${name}: ${readdirSync(output).join(', ')}`);
}

const paths = corpusFolders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yml'))
    .map((path) => join(folder, path)),
);
// every seventh rule: some of all kinds
const some = paths.sort().filter((_, index) => index % 7 === 6);

build('starter', '-c', 'rules');
build('corpus', ...corpusFolders, '-p', 'none');
build('some', ...some.slice(0, 500), '-p', 'none', '-t', 'graylog');
// with Enterprise Security and without, raw events and data models
const withSecurity = join(packs, 'with-enterprise-security.yml');
mkdirSync(packs, { recursive: true });
writeFileSync(
  withSecurity,
  'targets: [splunk]\nsplunk: { index: "*", enterpriseSecurity: true }\n',
);
build('processed', ...corpusFolders, '-p', 'splunk', '-c', withSecurity);
const grouped = join(packs, 'grouped.yml');
writeFileSync(
  grouped,
  'targets: [splunk]\nsplunk: { index: "*", enterpriseSecurity: true, grouping: log-source }\n',
);
build('grouped', ...corpusFolders, '-p', 'splunk', '-c', grouped);
build('data-models', ...corpusFolders, '-p', 'splunk-cim', '-c', withSecurity);
build('some-data-models', ...some.slice(0, 100), '-p', 'splunk-cim', '-t', 'splunk');
build('some-processed', ...some.slice(0, 100), '-p', 'graylog', '-t', 'graylog');

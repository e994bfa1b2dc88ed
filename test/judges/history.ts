/**
 * node test/judges/history.ts: a pack of 3,000 public rules and ten releases after it, which add, edit, change, rename, move, remove and bring back
 * rules and change a pipeline. After each: version, lock, diff, changelog and artifacts are as they should be, and the update of the Splunk app
 * lies over the one before, with an admin's local/ untouched. The update of the Graylog pack is history-graylog.ts.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { build } from '../../src/cli/build.ts';
import { diff } from '../../src/cli/diff-command.ts';
import { type ReleaseOptions, release } from '../../src/cli/release-command.ts';
import { findRuleFiles } from '../../src/cli/rule-files.ts';
import { readConf } from '../../src/pack/splunk-conf.ts';
import type { ChangeKind } from '../../src/release/diff.ts';
import type { DiffView } from '../../src/release/diff-view.ts';
import type { Lock } from '../../src/release/lock.ts';
import { lockText, readLock } from '../../src/release/lock-text.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { corpusFolders, shared } from '../corpus/corpus.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-history-'));
const at = (path: string): string => join(folder, path);
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=judge', '-c', 'user.email=judge@example.org', '-c', 'commit.gpgsign=false', '-c', 'gc.auto=0', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });

let failures = 0;
function check(what: string, found: unknown, wanted: unknown): void {
  if (isDeepStrictEqual(found, wanted)) return;
  failures++;
  console.log(`  ${what}: ${JSON.stringify(found)?.slice(0, 400)}, not ${JSON.stringify(wanted)?.slice(0, 400)}`);
}

// a title, an id and a condition in one line: what the edits below count on
const simple = (text: string): boolean =>
  /^title: [^'"\n]+$/m.test(text) &&
  /^id: \S+$/m.test(text) &&
  /^ {4}condition: [^|>\n]+$/m.test(text) &&
  /^level: (?:low|medium)$/m.test(text) &&
  /^description: [^|>'"\n]+$/m.test(text);
const rules = findRuleFiles(corpusFolders, createBag()).map((path) => ({ from: path, to: `rules/${relative(join(shared, 'corpus'), path)}` }));
const first = rules.slice(0, 3000);
const later = rules.slice(3000, 3100);

const copy = (list: readonly { readonly from: string; readonly to: string }[]): void => {
  for (const { from, to } of list) {
    mkdirSync(dirname(at(to)), { recursive: true });
    copyFileSync(from, at(to));
  }
};

/** Rules that may be edited, each taken once. */
let editable: string[] = [];
const take = (count: number): readonly string[] => editable.splice(0, count);
function edit(paths: readonly string[], change: (text: string) => string): void {
  for (const path of paths) {
    const text = readFileSync(at(path), 'utf8');
    const changed = change(text);
    if (changed === text) throw new Error(`${path} is not changed`);
    writeFileSync(at(path), changed);
  }
}

async function quietly(run: () => Promise<number>): Promise<{ readonly code: number; readonly out: string; readonly complaints: string }> {
  const [stdout, stderr] = [process.stdout.write, process.stderr.write];
  let out = '';
  let complaints = '';
  process.stdout.write = ((text: string | Uint8Array): boolean => {
    out += String(text);
    return true;
  }) as typeof stdout;
  process.stderr.write = ((text: string | Uint8Array): boolean => {
    complaints += String(text);
    return true;
  }) as typeof stderr;
  try {
    return { code: await run(), out, complaints };
  } finally {
    process.stdout.write = stdout;
    process.stderr.write = stderr;
  }
}

const options: ReleaseOptions = { bump: 'auto', dryRun: false, rename: false, dropRetired: false, fromLock: false, verbose: false, config: at('sigpack.yml') };
const lockNow = (): Lock => {
  const bag = createBag();
  const lock = readLock({ path: 'sigpack.lock', text: readFileSync(at('sigpack.lock'), 'utf8') }, bag);
  if (!lock) throw new Error(`the lock is wrong: ${bag.list[0]?.message}`);
  return lock;
};

const apps = at('dist/apps');
const local = new Map<string, string>();

/** Puts the app over the one before, as Splunk does: default/ is replaced, local/ is not touched. */
function installApp(version: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  rmSync(join(apps, 'history', 'default'), { recursive: true, force: true });
  mkdirSync(apps, { recursive: true });
  execFileSync('tar', ['-xzf', at(`dist/release/${version}/history-${version}.spl`), '-C', apps]);
  return readConf(readFileSync(join(apps, 'history', 'default', 'savedsearches.conf'), 'utf8')).stanzas;
}

interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly entities: readonly { readonly id: string; readonly type: { readonly name: string } }[];
}
const contentPack = (version: string): ContentPack =>
  JSON.parse(readFileSync(at(`dist/release/${version}/history-${version}-graylog.json`), 'utf8')) as ContentPack;

/** All stanza names that were ever published. */
const everNamed = new Set<string>();
let before: Lock | undefined;
let beforePack: ContentPack | undefined;

interface Step {
  readonly what: string;
  readonly version: string;
  /** Changes by kind, as `sigpack diff` counts them. */
  readonly counts: Readonly<Partial<Record<ChangeKind, number>>>;
  readonly more?: Partial<ReleaseOptions>;
}

async function step({ what, version, counts, more = {} }: Step): Promise<void> {
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', what);
  const seconds: string[] = [];
  const timed = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const value = await run();
    seconds.push(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
    return value;
  };
  if (before && more.rename !== true) {
    const { out } = await timed('diff', () => quietly(() => diff(at('sigpack.lock'), folder, { config: at('sigpack.yml'), format: 'json', verbose: false })));
    const view = JSON.parse(out) as DiffView;
    check('diff', Object.fromEntries(view.counts.map(({ kind, count }) => [kind, count])), counts);
  }
  const { code, out, complaints } = await timed('release', () => quietly(() => release({ ...options, ...more })));
  if (code !== 0 || !(out.split('\n')[0] ?? '').includes(` ${version}`))
    throw new Error(`${version} is not released: ${code} ${out} ${complaints.slice(-2000)}`);
  const lock = lockNow();
  check('version', [lock.pack.version, lock.pack.revision], [version, (before?.pack.revision ?? 0) + 1]);
  check('lock', lockText(lock), readFileSync(at('sigpack.lock'), 'utf8'));
  checkLock(lock, version, counts);
  checkChangelog(version, counts);
  checkApp(lock, version);
  checkContentPack(lock, version);
  git('add', '-A');
  git('commit', '-q', '-m', version);
  git('tag', `v${version}`);
  const frozen = await timed('build --frozen', () =>
    quietly(() => build([], { config: at('sigpack.yml'), output: at('dist/packs'), format: 'text', verbose: false, dryRun: false, frozen: true })),
  );
  check('build --frozen', frozen.code, 0);
  const same = (name: string): boolean => readFileSync(at(`dist/packs/${name}`)).equals(readFileSync(at(`dist/release/${version}/${name}`)));
  check('the frozen build has the bytes of the release', [same(`history-${version}.spl`), same(`history-${version}-graylog.json`)], [true, true]);
  rmSync(at('dist/packs'), { recursive: true });
  console.log(`${version} ${what}: ${lock.rules.size} rules, ${lock.retired.size} retired (${seconds.join(', ')})`);
  before = lock;
  beforePack = contentPack(version);
}

function checkLock(lock: Lock, version: string, counts: Step['counts']): void {
  const changed = [...lock.rules.values()].filter((rule) => rule.changed === version && rule.added !== version).length;
  const wanted = Object.entries(counts).reduce((sum, [kind, count]) => (kind === 'added' || kind === 'removed' ? sum : sum + count), 0);
  if (before) check('rules that the lock says changed', changed, wanted);
  for (const rule of lock.rules.values()) {
    const old = before?.rules.get(rule.id);
    if (!old) continue;
    if (rule.added !== old.added) check(`${rule.title} came in`, rule.added, old.added);
    if (rule.changed !== version && rule.name !== old.name) check('name', rule.name, old.name);
  }
}

function checkChangelog(version: string, counts: Step['counts']): void {
  const changelog = readFileSync(at('CHANGELOG.md'), 'utf8');
  const section = changelog.slice(changelog.indexOf(`## [${version}]`)).split('\n## ')[0] ?? '';
  const lines = (heading: string): number =>
    ((section.split(`### ${heading}\n`)[1] ?? '').split('\n#')[0]?.split('Disabled in the Splunk app')[0]?.match(/^- /gm) ?? []).length;
  check('changelog, added', lines('Added'), counts.added ?? 0);
  check('changelog, removed', lines('Removed'), counts.removed ?? 0);
}

function checkApp(lock: Lock, version: string): void {
  const stanzas = installApp(version);
  for (const { name, digests } of lock.rules.values()) if (digests.queries.splunk !== undefined) everNamed.add(name);
  check(
    'names once published that the app lacks',
    [...everNamed].filter((name) => !stanzas.has(name)),
    [],
  );
  const live = [...lock.rules.values()].filter(({ digests }) => digests.queries.splunk !== undefined).map(({ name }) => name);
  check(
    'live searches that are tombstones',
    live.filter((name) => stanzas.get(name)?.get('description')?.startsWith('Retired in ')),
    [],
  );
  check(
    'retired ones that are live',
    [...lock.retired.values()].filter(({ name, inSplunk }) => inSplunk && stanzas.get(name)?.get('disabled') !== '1').map(({ name }) => name),
    [],
  );
  for (const [path, text] of local) check(`local/${path}`, readFileSync(join(apps, 'history', 'local', path), 'utf8'), text);
  if (local.size > 0) return;
  // an admin tunes every tenth search
  const tuned = [...stanzas.keys()].filter((_, index) => index % 10 === 0);
  local.set('savedsearches.conf', tuned.map((name) => `[${name}]\ndisabled = 0\naction.email.to = soc@example.org\n`).join('\n'));
  local.set('macros.conf', '[history_windows_process_creation]\ndefinition = index=wineventlog\n');
  mkdirSync(join(apps, 'history', 'local'), { recursive: true });
  for (const [path, text] of local) writeFileSync(join(apps, 'history', 'local', path), text);
}

function checkContentPack(lock: Lock, version: string): void {
  const pack = contentPack(version);
  check('content pack', [pack.id, pack.rev], [beforePack?.id ?? pack.id, lock.pack.revision]);
  const ids = new Set(pack.entities.filter(({ type }) => type.name === 'event_definition').map(({ id }) => id));
  check(
    'entities of the lock',
    [...lock.rules.values()].flatMap(({ entities }) => entities).filter((id) => !ids.has(id)),
    [],
  );
  const lost = [...(before?.rules.values() ?? [])].filter(
    ({ id, entities }) => lock.rules.has(id) && !entities.every((entity) => lock.rules.get(id)?.entities.includes(entity)),
  );
  check(
    'rules that lost an entity',
    lost.map(({ title }) => title),
    [],
  );
}

try {
  git('init', '-q', '-b', 'main');
  writeFileSync(at('.gitignore'), 'dist/\n');
  writeFileSync(at('pipeline.yml'), 'name: ours\npriority: 1\ntransformations: []\n');
  writeFileSync(at('sigpack.yml'), 'id: history\ntitle: History of detections\nversion: 1.0.0\nfailOn: never\npipelines: { splunk: [pipeline.yml] }\n');
  copy(first);
  editable = first.map(({ to }) => to).filter((path) => path.includes('/windows/') && simple(readFileSync(at(path), 'utf8')));
  await step({ what: '3,000 rules', version: '1.0.0', counts: { added: 2998 } });
  const added = later.filter(({ from }) => simple(readFileSync(from, 'utf8')));
  copy(added);
  await step({ what: 'more rules', version: '1.1.0', counts: { added: added.length } });
  edit(take(50), (text) => text.replace(/^description: (.+)$/m, 'description: $1 Reworded.'));
  await step({ what: 'texts', version: '1.1.1', counts: { text: 50 } });
  edit(take(30), (text) =>
    text.replace(/^ {4}condition: (.+)$/m, '    history_filter:\n        HistoryField: known\n    condition: ($1) and not history_filter'),
  );
  await step({ what: 'conditions', version: '1.2.0', counts: { meaning: 30 } });
  edit(take(20), (text) => text.replace(/^title: (.+)$/m, 'title: $1, Renamed'));
  await step({ what: 'titles', version: '1.2.1', counts: { renamed: 20 } });
  mkdirSync(at('rules/moved'));
  for (const path of take(25)) renameSync(at(path), at(`rules/moved/${path.replace(/^.*\//, '')}`));
  await step({ what: 'places', version: '1.2.2', counts: { moved: 25 } });
  const gone = take(40);
  const kept = gone.map((path) => [path, readFileSync(at(path))] as const);
  for (const path of gone) rmSync(at(path));
  await step({ what: 'rules removed', version: '2.0.0', counts: { removed: 40 } });
  edit(take(15), (text) => text.replace(/^level: .+$/m, 'level: critical'));
  await step({ what: 'severities', version: '2.1.0', counts: { settings: 15 } });
  const usesField = [...lockNow().rules.values()].filter(
    ({ file, digests }) =>
      digests.queries.splunk !== undefined && existsSync(at(file)) && /^\s+(?:- )?ParentCommandLine[|:]/m.test(readFileSync(at(file), 'utf8')),
  );
  writeFileSync(
    at('pipeline.yml'),
    'name: ours\npriority: 1\ntransformations:\n  - id: parent\n    type: field_name_mapping\n    mapping: { ParentCommandLine: parent_process }\n',
  );
  await step({ what: 'a pipeline', version: '2.2.0', counts: { query: usesField.length } });
  for (const [path, bytes] of kept.slice(0, 10)) writeFileSync(at(path), bytes);
  await step({ what: 'rules brought back', version: '2.3.0', counts: { added: 10 } });
  const names = [...(before?.rules.values() ?? [])].filter(({ title, name }) => title !== name && `${title}, Renamed` !== name).length;
  check('rules whose name is not their title', names >= 20, true);
  await step({ what: 'names made anew', version: '3.0.0', counts: { renamed: 20 }, more: { rename: true } });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? 'the history holds' : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;

/**
 * node test/judges/history-graylog.ts VERSION...: three releases of a small pack of public rules, each revision installed on a real Graylog server
 * over the one before as docs/graylog-pack.md says. After each, the server has the pack's event definitions, each once, under the same entity ids.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { rulePaths } from './proof-data.ts';

const judge = join(process.env.SIGPACK_CACHE ?? join(homedir(), '.cache', 'sigpack'), 'judges', 'graylog');
const main = join(import.meta.dirname, '..', '..', 'dist', 'lib', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'sigpack-history-graylog-'));
const at = (path: string): string => join(folder, path);
const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
const git = (...args: readonly string[]): string => run('git', '-c', 'user.name=judge', '-c', 'user.email=judge@example.org', ...args);

interface Text {
  readonly '@value': string;
}

interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly entities: readonly { readonly id: string; readonly data: { readonly title: Text; readonly description: Text; readonly remediation_steps?: Text } }[];
}

function release(version: string): ContentPack {
  git('add', '-A');
  git('commit', '-q', '-m', version);
  run(process.execPath, main, 'release');
  git('add', '-A');
  git('commit', '-q', '-m', `release ${version}`);
  return JSON.parse(readFileSync(at(`dist/release/${version}/judge-${version}-graylog.json`), 'utf8')) as ContentPack;
}

/** The packs of three releases: a start; a title, a condition and a new rule; a rule less. */
function releases(): readonly ContentPack[] {
  git('init', '-q');
  writeFileSync(at('.gitignore'), 'dist/\n');
  writeFileSync(at('sigpack.yml'), 'id: judge\ntitle: Judged detections\nfailOn: never\ntargets: [graylog]\n');
  mkdirSync(at('rules'));
  const names = rulePaths.slice(0, 31).map((path) => {
    copyFileSync(path, at(`rules/${basename(path)}`));
    return `rules/${basename(path)}`;
  });
  const last = names.pop() ?? '';
  const late = readFileSync(at(last));
  rmSync(at(last));
  const first = release('1.0.0');
  writeFileSync(at(last), late);
  const [titled = '', changed = '', removed = ''] = names;
  writeFileSync(at(titled), readFileSync(at(titled), 'utf8').replace(/^title: /m, 'title: Renamed '));
  writeFileSync(at(changed), readFileSync(at(changed), 'utf8').replace(/^detection:\n/m, 'detection:\n    _history: { HistoryField: x }\n'));
  const second = release('1.1.0');
  rmSync(at(removed));
  return [first, second, release('2.0.0')];
}

let failures = 0;
function check(what: string, right: boolean, more: unknown = ''): void {
  if (right) return;
  failures++;
  console.log(`  ${what} ${JSON.stringify(more).slice(0, 500)}`);
}

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = {
    authorization: `Basic ${btoa('admin:admin')}`,
    'x-requested-by': 'judge',
    accept: 'application/json',
    'content-type': 'application/json',
    connection: 'close',
  };
  const response = await fetch(`http://127.0.0.1:9000/api${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  check(`${method} ${path}: ${response.status}`, response.ok, text);
  return text === '' ? undefined : JSON.parse(text);
}

interface Installation {
  readonly _id: string;
  readonly entities: readonly { readonly id: string; readonly content_pack_entity_id: string }[];
}

async function install(pack: ContentPack, version: string): Promise<Installation> {
  await call('POST', '/system/content_packs', pack);
  const body = { parameters: {}, comment: version };
  // 7.0 wraps every creation
  return (await call(
    'POST',
    `/system/content_packs/${pack.id}/${pack.rev}/installations`,
    version.startsWith('6.') ? body : { entity: body, share_request: null },
  )) as Installation;
}

async function upgrade(packs: readonly ContentPack[], version: string): Promise<void> {
  let installed: { readonly pack: ContentPack; readonly installation: Installation } | undefined;
  for (const pack of packs) {
    // a second installation would give every definition once more
    if (installed) await call('DELETE', `/system/content_packs/${installed.pack.id}/installations/${installed.installation._id}`);
    const installation = await install(pack, version);
    const { event_definitions: definitions } = (await call('GET', '/events/definitions?per_page=1000')) as {
      readonly event_definitions: readonly {
        readonly id: string;
        readonly title: string;
        readonly description: string;
        readonly remediation_steps?: string | null;
      }[];
    };
    const titles = definitions.filter(({ title }) => title !== 'System notification events').map(({ title }) => title);
    const wanted = pack.entities.map(({ data }) => data.title['@value']);
    check(`definitions of revision ${pack.rev}`, JSON.stringify([...titles].sort()) === JSON.stringify([...wanted].sort()), { titles, wanted });
    // the server cleans texts as HTML: they are to come back as they are written
    for (const { data } of pack.entities) {
      const there = definitions.find(({ title }) => title === data.title['@value']);
      check(`description of ${data.title['@value']}`, there?.description === data.description['@value'], there?.description);
      check(
        `remediation steps of ${data.title['@value']}`,
        (there?.remediation_steps ?? '') === (data.remediation_steps?.['@value'] ?? ''),
        there?.remediation_steps,
      );
    }
    const ids = new Set(installation.entities.map((entity) => entity.content_pack_entity_id));
    check(
      `entities of revision ${pack.rev}`,
      pack.entities.every(({ id }) => ids.has(id)),
    );
    console.log(`graylog ${version}: revision ${pack.rev}: ${titles.length} event definitions`);
    installed = { pack, installation };
  }
}

const versions = process.argv.slice(2);
if (versions.length === 0) throw new Error('usage: history-graylog.ts VERSION...');
try {
  const packs = releases();
  const lost = packs.slice(1).map(({ entities }, index) => packs[index]?.entities.filter(({ id }) => !entities.some((entity) => entity.id === id)).length);
  check('entities that a revision lost', JSON.stringify(lost) === '[0,1]', lost);
  check('revisions', JSON.stringify(packs.map(({ rev }) => rev)) === '[1,2,3]');
  for (const version of versions) {
    execFileSync(join(judge, 'start.sh'), [version], { stdio: 'ignore' });
    try {
      await upgrade(packs, version);
    } finally {
      spawnSync(join(judge, 'stop.sh'));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? 'the upgrades hold' : `${failures} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;

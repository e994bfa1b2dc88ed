/**
 * node test/judges/graylog/history.ts VERSION...: three releases of a small pack of public rules,
 * each revision installed on a real Graylog server over the one before as docs/graylog-pack.md
 * says. After each, the server has the pack's event definitions, each once, under the same entity
 * ids.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gitOptions } from '../../git-options.ts';
import { createChecks } from '../checks.ts';
import { main } from '../places.ts';
import { rulePaths } from '../proof-data.ts';
import { installContentPack } from './objects.ts';
import { definitionsOn, type GraylogServer, onEachGraylog, removePack } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-history-graylog-'));
const at = (path: string): string => join(folder, path);
const run = (command: string, ...args: readonly string[]): string =>
  execFileSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const git = (...args: readonly string[]): string => run('git', ...gitOptions, ...args);
const { check, end } = createChecks();

interface Text {
  readonly '@value': string;
}

interface Entity {
  readonly id: string;
  readonly type: { readonly name: string };
  readonly data: {
    readonly title: Text;
    readonly description: Text;
    readonly remediation_steps?: Text;
  };
}

interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly entities: readonly Entity[];
}

function release(version: string): ContentPack {
  git('add', '-A');
  git('commit', '-q', '-m', version);
  run(process.execPath, main, 'release');
  git('add', '-A');
  git('commit', '-q', '-m', `release ${version}`);
  return JSON.parse(
    readFileSync(at(`dist/release/${version}/judge-${version}-graylog.json`), 'utf8'),
  ) as ContentPack;
}

/** The packs of three releases: a start; a title, a condition and a new rule; a rule less. */
function releases(): readonly ContentPack[] {
  git('init', '-q');
  writeFileSync(at('.gitignore'), 'dist/\n');
  writeFileSync(
    at('sigpack.yml'),
    'id: judge\ntitle: Judged detections\nfailOn: never\ntargets: [graylog]\npipelines: { graylog: none }\n',
  );
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
  writeFileSync(
    at(titled),
    readFileSync(at(titled), 'utf8').replace(/^title: /m, 'title: Renamed '),
  );
  writeFileSync(
    at(changed),
    readFileSync(at(changed), 'utf8').replace(
      /^detection:\n/m,
      'detection:\n    _history: { HistoryField: x }\n',
    ),
  );
  const second = release('1.1.0');
  rmSync(at(removed));
  return [first, second, release('2.0.0')];
}

interface Installation {
  readonly _id: string;
  readonly entities: readonly { readonly id: string; readonly content_pack_entity_id: string }[];
}

async function upgrade(server: GraylogServer, packs: readonly ContentPack[]): Promise<void> {
  let installed: { readonly pack: ContentPack; readonly installation: Installation } | undefined;
  for (const pack of packs) {
    // a second installation would give every definition once more
    if (installed)
      await server.call(
        'DELETE',
        `/system/content_packs/${installed.pack.id}/installations/${installed.installation._id}`,
      );
    const installation = (await installContentPack(server, pack)) as unknown as Installation;
    const definitions = await definitionsOn(server);
    const titles = definitions.map(({ title }) => title);
    const own = pack.entities.filter(({ type }) => type.name === 'event_definition');
    const wanted = own.map(({ data }) => data.title['@value']);
    check(
      `definitions of revision ${pack.rev}`,
      JSON.stringify([...titles].sort()) === JSON.stringify([...wanted].sort()),
      { titles, wanted },
    );
    // the server cleans texts as HTML: they are to come back as they are written
    for (const { data } of own) {
      const there = definitions.find(({ title }) => title === data.title['@value']);
      check(
        `description of ${data.title['@value']}`,
        there?.description === data.description['@value'],
        there?.description,
      );
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
    console.log(
      `graylog ${server.version}: revision ${pack.rev}: ${titles.length} event definitions`,
    );
    installed = { pack, installation };
  }
  if (installed) await removePack(server, installed.pack.id);
}

try {
  const packs = releases();
  const lost = packs
    .slice(1)
    .map(
      ({ entities }, index) =>
        packs[index]?.entities.filter(({ id }) => !entities.some((entity) => entity.id === id))
          .length,
    );
  check('entities that a revision lost', JSON.stringify(lost) === '[0,1]', lost);
  check('revisions', JSON.stringify(packs.map(({ rev }) => rev)) === '[1,2,3]');
  await onEachGraylog((server) => upgrade(server, packs));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
end('the upgrades hold');

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { build } from '../../src/cli/command/build/run.ts';
import { diff } from '../../src/cli/command/diff/run.ts';
import { type ReleaseOptions, release } from '../../src/cli/command/release/run.ts';
import { readConf } from '../../src/pack/render/conf-reader.ts';
import type { ChangeKind } from '../../src/release/diff/diff.ts';
import type { DiffView } from '../../src/release/diff/view.ts';
import type { Lock } from '../../src/release/lock/lock.ts';
import { lockText, readLock } from '../../src/release/lock/text.ts';
import { createBag } from '../../src/source/diagnostic.ts';
import { gitOptions } from '../git-options.ts';
import type { Checks } from './checks.ts';
import { shared } from './corpus.ts';

/** A release and what it has to be. */
export interface Release {
  readonly what: string;
  readonly version: string;
  /** Changes by kind, as `sigpack diff` counts them. */
  readonly counts: Readonly<Partial<Record<ChangeKind, number>>>;
  readonly more?: Partial<ReleaseOptions>;
}

interface ContentPack {
  readonly id: string;
  readonly rev: number;
  readonly entities: readonly { readonly id: string; readonly type: { readonly name: string } }[];
}

/** A project of public rules in a folder of its own, which is released again and again. */
export class HistoryPack {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sigpack-history-'));
  private readonly check: (what: string, found: unknown, wanted: unknown) => void;
  private readonly apps = this.at('dist/apps');
  /** What an admin wrote into the app's local/. */
  private readonly local = new Map<string, string>();
  /** All names of searches that were ever published. */
  private readonly everNamed = new Set<string>();
  private lock: Lock | undefined;
  private pack: ContentPack | undefined;

  constructor(name: string, checks: Checks) {
    this.check = (what, found, wanted) =>
      checks.check(`${name}: ${what}`, isDeepStrictEqual(found, wanted), { found, wanted });
    this.git('init', '-q', '-b', 'main');
    this.write('.gitignore', 'dist/\n');
    // it has a mapping from the start: with one, alerts show no field that no pipeline knows
    this.write(
      'pipeline.yml',
      'name: ours\npriority: 1\ntransformations:\n  - { type: field_name_mapping, mapping: { HistoryOther: other } }\n',
    );
    this.write(
      'sigpack.yml',
      'id: history\ntitle: History of detections\nversion: 1.0.0\nfailOn: never\noverBudget: warn\npipelines: { splunk: [pipeline.yml], graylog: none }\n',
    );
  }

  at(path: string): string {
    return join(this.folder, path);
  }

  read(path: string): string {
    return readFileSync(this.at(path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(this.at(path), text);
  }

  delete(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Copies public rules into the project; gives their paths there. */
  copy(paths: readonly string[]): readonly string[] {
    return paths.map((from) => {
      const to = `rules/${relative(join(shared, 'corpus'), from)}`;
      mkdirSync(dirname(this.at(to)), { recursive: true });
      copyFileSync(from, this.at(to));
      return to;
    });
  }

  edit(paths: readonly string[], change: (text: string) => string): void {
    for (const path of paths) {
      const text = this.read(path);
      const changed = change(text);
      if (changed === text) throw new Error(`${path} is not changed`);
      this.write(path, changed);
    }
  }

  /** The lock of the last release. */
  get released(): Lock {
    if (!this.lock) throw new Error('nothing was released');
    return this.lock;
  }

  async release({ what, version, counts, more = {} }: Release): Promise<void> {
    this.git('add', '-A');
    this.git('commit', '-q', '--allow-empty', '-m', what);
    const seconds: string[] = [];
    const timed = async <T>(name: string, run: () => Promise<T>): Promise<T> => {
      const start = performance.now();
      const value = await run();
      seconds.push(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
      return value;
    };
    const config = this.at('sigpack.yml');
    if (this.lock && more.rename !== true) {
      const { out } = await timed('diff', () =>
        quietly(() =>
          diff(this.at('sigpack.lock'), this.folder, { config, format: 'json', verbose: false }),
        ),
      );
      const view = JSON.parse(out) as DiffView;
      this.check(
        'diff',
        Object.fromEntries(view.counts.map(({ kind, count }) => [kind, count])),
        counts,
      );
    }
    const usual: ReleaseOptions = {
      bump: 'auto',
      dryRun: false,
      rename: false,
      dropRetired: false,
      fromLock: false,
      verbose: false,
      config,
    };
    const { code, out, diagnostics } = await timed('release', () =>
      quietly(() => release({ ...usual, ...more })),
    );
    if (
      code !== 0 ||
      !out.split('\n').some((line) => /^released (\S+?),? /.exec(line)?.[1] === version)
    )
      throw new Error(`${version} is not released: ${code} ${out} ${diagnostics.slice(-2000)}`);
    const lock = this.checkRelease(version, counts);
    this.git('add', '-A');
    this.git('commit', '-q', '-m', version);
    this.git('tag', `v${version}`);
    await timed('build --frozen', () => this.checkFrozen(version));
    console.log(
      `${version} ${what}: ${lock.rules.size} rules, ${lock.retired.size} retired (${seconds.join(', ')})`,
    );
  }

  private checkRelease(version: string, counts: Release['counts']): Lock {
    const lock = this.readLock();
    this.check(
      'version',
      [lock.pack.version, lock.pack.revision],
      [version, (this.lock?.pack.revision ?? 0) + 1],
    );
    this.check('lock', lockText(lock), this.read('sigpack.lock'));
    this.checkLock(lock, version, counts);
    this.checkChangelog(version, counts);
    this.checkApp(lock, version);
    this.checkContentPack(lock, version);
    this.lock = lock;
    return lock;
  }

  private async checkFrozen(version: string): Promise<void> {
    const options = {
      config: this.at('sigpack.yml'),
      output: this.at('dist/packs'),
      format: 'text',
      verbose: false,
      dryRun: false,
      frozen: true,
    } as const;
    const frozen = await quietly(() => build([], options));
    this.check('build --frozen', frozen.code, 0);
    const same = (name: string): boolean =>
      readFileSync(this.at(`dist/packs/${name}`)).equals(
        readFileSync(this.at(`dist/release/${version}/${name}`)),
      );
    this.check(
      'the frozen build has the bytes of the release',
      [same(`history-${version}.spl`), same(`history-${version}-graylog.json`)],
      [true, true],
    );
    rmSync(this.at('dist/packs'), { recursive: true });
  }

  private readLock(): Lock {
    const bag = createBag();
    const lock = readLock({ path: 'sigpack.lock', text: this.read('sigpack.lock') }, bag);
    if (!lock) throw new Error(`the lock is wrong: ${bag.list[0]?.message}`);
    return lock;
  }

  private checkLock(lock: Lock, version: string, counts: Release['counts']): void {
    const changed = [...lock.rules.values()].filter(
      (rule) => rule.changed === version && rule.added !== version,
    ).length;
    const wanted = Object.entries(counts).reduce(
      (sum, [kind, count]) => (kind === 'added' || kind === 'removed' ? sum : sum + count),
      0,
    );
    if (this.lock) this.check('rules that the lock says changed', changed, wanted);
    for (const rule of lock.rules.values()) {
      const old = this.lock?.rules.get(rule.id);
      if (!old) continue;
      if (rule.added !== old.added) this.check(`${rule.title} came in`, rule.added, old.added);
      if (rule.changed !== version && rule.name !== old.name)
        this.check('name', rule.name, old.name);
    }
  }

  private checkChangelog(version: string, counts: Release['counts']): void {
    const changelog = this.read('CHANGELOG.md');
    const section = changelog.slice(changelog.indexOf(`## [${version}]`)).split('\n## ')[0] ?? '';
    const lines = (heading: string): number =>
      (
        (section.split(`### ${heading}\n`)[1] ?? '')
          .split('\n#')[0]
          ?.split('Disabled in the Splunk app')[0]
          ?.match(/^- /gm) ?? []
      ).length;
    this.check('changelog, added', lines('Added'), counts.added ?? 0);
    this.check('changelog, removed', lines('Removed'), counts.removed ?? 0);
  }

  /**
   * Puts the app over the one before, as Splunk does: default/ is replaced, local/ is not touched.
   */
  private installApp(version: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
    rmSync(join(this.apps, 'history', 'default'), { recursive: true, force: true });
    mkdirSync(this.apps, { recursive: true });
    execFileSync('tar', [
      '-xzf',
      this.at(`dist/release/${version}/history-${version}.spl`),
      '-C',
      this.apps,
    ]);
    return readConf(
      readFileSync(join(this.apps, 'history', 'default', 'savedsearches.conf'), 'utf8'),
    ).stanzas;
  }

  private checkApp(lock: Lock, version: string): void {
    const stanzas = this.installApp(version);
    const live = [...lock.rules.values()]
      .filter(({ digests }) => digests.queries.splunk !== undefined)
      .map(({ name }) => name);
    for (const name of live) this.everNamed.add(name);
    const lacking = [...this.everNamed].filter((name) => !stanzas.has(name));
    this.check('names once published that the app lacks', lacking, []);
    const dead = live.filter((name) =>
      stanzas.get(name)?.get('description')?.startsWith('Retired in '),
    );
    this.check('live searches that are tombstones', dead, []);
    const retired = [...lock.retired.values()].filter(
      ({ name, inSplunk }) => inSplunk && stanzas.get(name)?.get('disabled') !== '1',
    );
    this.check(
      'retired ones that are live',
      retired.map(({ name }) => name),
      [],
    );
    const localFolder = join(this.apps, 'history', 'local');
    for (const [path, text] of this.local)
      this.check(`local/${path}`, readFileSync(join(localFolder, path), 'utf8'), text);
    if (this.local.size > 0) return;
    // an admin tunes every tenth search
    const tuned = [...stanzas.keys()].filter((_, index) => index % 10 === 0);
    this.local.set(
      'savedsearches.conf',
      tuned
        .map((name) => `[${name}]\ndisabled = 0\naction.email.to = soc@example.org\n`)
        .join('\n'),
    );
    this.local.set(
      'macros.conf',
      '[history_windows_process_creation]\ndefinition = index=wineventlog\n',
    );
    mkdirSync(localFolder, { recursive: true });
    for (const [path, text] of this.local) writeFileSync(join(localFolder, path), text);
  }

  private checkContentPack(lock: Lock, version: string): void {
    const pack = JSON.parse(
      this.read(`dist/release/${version}/history-${version}-graylog.json`),
    ) as ContentPack;
    this.check('content pack', [pack.id, pack.rev], [this.pack?.id ?? pack.id, lock.pack.revision]);
    const ids = new Set(
      pack.entities.filter(({ type }) => type.name === 'event_definition').map(({ id }) => id),
    );
    const unknown = [...lock.rules.values()]
      .flatMap(({ entities }) => entities)
      .filter((id) => !ids.has(id));
    this.check('entities of the lock that the pack lacks', unknown, []);
    const lost = [...(this.lock?.rules.values() ?? [])].filter(
      ({ id, entities }) =>
        lock.rules.has(id) &&
        !entities.every((entity) => lock.rules.get(id)?.entities.includes(entity)),
    );
    this.check(
      'rules that lost an entity',
      lost.map(({ title }) => title),
      [],
    );
    this.pack = pack;
  }

  private git(...args: readonly string[]): void {
    execFileSync('git', [...gitOptions, ...args], {
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
}

/** Runs a command of this process and keeps what it prints. */
async function quietly(
  run: () => Promise<number>,
): Promise<{ readonly code: number; readonly out: string; readonly diagnostics: string }> {
  const [stdout, stderr] = [process.stdout.write, process.stderr.write];
  let out = '';
  let diagnostics = '';
  process.stdout.write = ((text: string | Uint8Array): boolean => {
    out += String(text);
    return true;
  }) as typeof stdout;
  process.stderr.write = ((text: string | Uint8Array): boolean => {
    diagnostics += String(text);
    return true;
  }) as typeof stderr;
  try {
    return { code: await run(), out, diagnostics };
  } finally {
    process.stdout.write = stdout;
    process.stderr.write = stderr;
  }
}

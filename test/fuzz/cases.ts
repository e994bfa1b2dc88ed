import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { targets } from '../../src/backend/registry.ts';
import { once } from '../../src/source/cache.ts';
import { anyEvents } from '../project-folder.ts';
import { hostileConfig } from './configs.ts';
import { hostilePipeline } from './pipelines.ts';
import { Broken, inProject, type Project } from './project.ts';
import { checkApp, checkBundle, checkGrep, checkHtml, checkMarkdown, readJson } from './readers.ts';
import { hostileRule, numbered } from './rules.ts';

/**
 * One kind of input, and what is done with it. A batch is several cases, which share what takes
 * long.
 */
export interface Kind {
  readonly name: string;
  /** Cases in a batch of up to that many rules, on average. */
  readonly size: (rules: number) => number;
  /** `ran` is told of the cases of each batch. */
  readonly property: (rules: number, ran: (cases: number) => void) => fc.IAsyncProperty<unknown>;
}

const plainConfig = `id: fuzzed\ntitle: Fuzzed detections\n${anyEvents}`;
const names = targets.map(({ name }) => name);

const ruleFiles = (rules: readonly string[]): readonly (readonly [string, string])[] =>
  rules.map((rule, index) => [`rules/${index}.yml`, numbered(rule, index)]);

const batchOf = (rules: number): fc.Arbitrary<readonly string[]> =>
  fc.array(hostileRule, { minLength: 1, maxLength: rules, size: 'max' });

/** Rules and a configuration through all that reads them. */
async function checkPacks(rules: readonly string[], config: string): Promise<void> {
  await inProject(new Map([['sigpack.yml', config], ...ruleFiles(rules)]), async (project) => {
    const built = await project.run('build', '-o', 'made/packs');
    if (built.code === 2) project.write('made/plain/sigpack.yml', plainConfig);
    const own = built.code === 2 ? ['-c', 'made/plain/sigpack.yml'] : [];
    if (built.code === 2) await project.run('build', 'rules', ...own, '-o', 'made/packs');
    await checkArtifacts(project, built.code === 2 || !config.includes('savedsearch'));
    await checkQueries(project, own);
    await checkPages(project, own);
  });
}

async function checkArtifacts(project: Project, byRules = true): Promise<void> {
  for (const path of project.files('made/packs')) {
    const bytes = project.read(path);
    if (path.endsWith('.spl')) await checkApp(bytes, byRules);
    else if (path.endsWith('.zip')) await checkBundle(bytes);
    else readJson(path, bytes.toString('utf8'));
  }
  const [app] = project.files('made/packs').filter((path) => path.endsWith('.spl'));
  if (app === undefined) return;
  for (const format of ['json', 'markdown', 'text']) {
    const { stdout, code } = await project.run('diff', 'made/packs', app, '-f', format);
    if (format === 'json' && code === 0) readJson('the difference', stdout);
  }
}

async function checkQueries(project: Project, own: readonly string[]): Promise<void> {
  for (const target of names) {
    const { stdout, code } = await project.run(
      'convert',
      '-t',
      target,
      '-f',
      'ndjson',
      ...own,
      'rules',
    );
    const entries = code === 2 ? [] : stdout.split('\n').filter((line) => line !== '');
    const read = entries.map(
      (line) =>
        readJson(`${target}: ${line.slice(0, 200)}`, line) as {
          readonly queries?: readonly string[];
          readonly query?: string;
        },
    );
    if (target === 'grep')
      checkGrep(
        read.flatMap(({ queries = [], query }) => (query === undefined ? queries : [query])),
      );
  }
}

async function checkPages(project: Project, own: readonly string[]): Promise<void> {
  for (const format of ['html', 'md']) {
    const made = `made/${format}`;
    await project.run('docs', 'rules', '-f', format, '-o', made, ...own);
    for (const path of project.files(made)) {
      const text = project.read(path).toString('utf8');
      if (path.endsWith('.html')) checkHtml(path, text);
      if (path.endsWith('.md')) checkMarkdown(path, text);
      if (path.endsWith('.json')) readJson(path, text);
    }
  }
}

/** A pipeline over some rules, to every target. */
async function checkPipeline(pipeline: string, rules: readonly string[]): Promise<void> {
  await inProject(
    new Map([['sigpack.yml', plainConfig], ['p.yml', pipeline], ...ruleFiles(rules)]),
    async (project) => {
      await project.run('convert', '-t', names.join(','), '-p', 'p.yml', 'rules');
      await project.run('explain', 'rules/0.yml', '-t', 'splunk', '-p', 'p.yml');
      await project.run('build', 'rules', '-p', 'p.yml', '-t', 'splunk', '-o', 'made/packs');
      await checkArtifacts(project);
    },
  );
}

/** What a stranger may do to a file: lose, double or change some of it. */
export interface Damage {
  readonly file: number;
  readonly at: number;
  readonly length: number;
  readonly put: string;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  file: fc.nat(20),
  at: fc.nat(),
  length: fc.nat(60),
  put: fc.constantFrom(
    '',
    'null',
    '{}',
    '[]',
    '"__proto__"',
    '1e999',
    '\0',
    '"',
    '../',
    '[x]\n',
    'x'.repeat(500),
    '{"manifestVersion":1,"detections":[null]}',
  ),
});

const soundFiles: readonly (readonly [string, string])[] = [
  ['sigpack.yml', plainConfig],
  ...ruleFiles(
    Array<string>(2).fill(
      'title: R@N@\nid: 00000000-0000-4000-8000-@ID@\nstatus: test\nlogsource: { product: windows }\ndetection: { s: { A: x }, condition: s }\n',
    ),
  ),
];

/** The artifacts of a sound pack, by their paths; built once. */
const soundArtifacts = once(async (): Promise<ReadonlyMap<string, Buffer>> => {
  const artifacts = new Map<string, Buffer>();
  await inProject(new Map(soundFiles), async (project) => {
    await project.run('build', '-o', 'made/packs');
    for (const path of project.files('made/packs')) artifacts.set(path, project.read(path));
  });
  return artifacts;
});

/** The artifacts of a sound pack, damaged, in everything that reads them. */
async function checkDamaged(damages: readonly Damage[]): Promise<void> {
  const artifacts = await soundArtifacts();
  await inProject(new Map(soundFiles), async (project) => {
    for (const [path, bytes] of artifacts) project.write(path, bytes);
    const files = project.files('made/packs');
    const sums = files
      .map(
        (path) =>
          `${createHash('sha256').update(project.read(path)).digest('hex')}  ${path.replace(/^.*\//, '')}\n`,
      )
      .join('');
    for (const { file, at, length, put } of damages) {
      const path = files[file % files.length] ?? '';
      const bytes = project.read(path);
      const start = at % (bytes.length + 1);
      const changed = Buffer.concat([
        bytes.subarray(0, start),
        Buffer.from(put),
        bytes.subarray(start + length),
      ]);
      project.write('made/damaged/SHA256SUMS', sums);
      for (const one of files)
        project.write(one.replace('packs', 'damaged'), one === path ? changed : project.read(one));
      const { code } = await project.run('verify', 'made/damaged');
      if (code === 0 && !changed.equals(bytes)) throw new Broken('verify takes what was changed');
      const damaged = path.replace('packs', 'damaged');
      await project.run('diff', 'made/packs', damaged);
      await project.run('diff', damaged, '.', '-f', 'json');
    }
  });
}

export const kinds: readonly Kind[] = [
  {
    name: 'rules',
    // many lists are short
    size: (rules) => rules / 3 + 1,
    property: (rules, ran) =>
      fc.asyncProperty(batchOf(rules), hostileConfig, async (batch, config) => {
        ran(batch.length + 1);
        await checkPacks(batch, config);
      }),
  },
  {
    name: 'pipelines',
    size: () => 2.5,
    property: (_, ran) =>
      fc.asyncProperty(hostilePipeline, batchOf(3), async (pipeline, batch) => {
        ran(batch.length + 1);
        await checkPipeline(pipeline, batch);
      }),
  },
  {
    name: 'artifacts',
    size: () => 2.5,
    property: (_, ran) =>
      fc.asyncProperty(
        fc.array(damage, { minLength: 1, maxLength: 5, size: 'max' }),
        async (damages) => {
          ran(damages.length);
          await checkDamaged(damages);
        },
      ),
  },
];

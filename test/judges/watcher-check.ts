import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Watch } from '../../src/backend/xpack-watcher/watch.ts';
import { packs, root } from './places.ts';

export interface NamedWatch {
  /** File and title of the rule. */
  readonly name: string;
  readonly id: string;
  readonly body: Watch;
}

const folder = join(packs, 'watcher');
const chunk = 250;

/**
 * What stands in front of a chunk, and a watch as one line of TypeScript; literals, so that the
 * compiler refuses keys that it doesn't know.
 */
interface Client {
  readonly version: string;
  readonly imports: string;
  readonly line: (watch: unknown, index: number) => string;
}

type Loose = Readonly<Record<string, unknown>>;
const from = (version: string): string =>
  `'${relative(join(folder, version), join(import.meta.dirname, `watcher-elasticsearch-${version}.ts`))}'`;
const clients: readonly Client[] = [
  {
    version: '9',
    imports: `import type { Watch } from ${from('9')};`,
    line: (watch, index) => `export const watch${index}: Watch = ${JSON.stringify(watch)};`,
  },
  {
    // its type of a watch's search knows no key but `query`: the search is checked as what any
    // search may be, the rest as a watch
    version: '8',
    imports: `import type { Search, Watch } from ${from('8')};`,
    line: (watch, index) => {
      const { input, ...rest } = watch as Loose & { input: { search: { request: Loose } } };
      const { body, ...request } = input.search.request;
      const outer = JSON.stringify({
        ...rest,
        input: { search: { request: { ...request, body: null } } },
      }).replace(/"body":null\}\}\}\}$/, `"body":search${index}}}}}`);
      return `const search${index} = ${JSON.stringify(body)} satisfies Search; export const watch${index}: Watch = ${outer};`;
    },
  },
];

/**
 * Changes after which the compiler must refuse a watch, each by one text and what takes its place.
 */
const breaks: readonly (readonly [string, string])[] = [
  ['"schedule":', '"schedules":'],
  ['"indices":', '"index":'],
  ['"track_total_hits":', '"track_totals":'],
  ['"analyze_wildcard":true', '"analyze_wildcard":"always"'],
  ['"query_string":', '"query_text":'],
  ['"gte":1', '"above":1'],
  ['"logging":', '"log":'],
  ['"throttle_period":', '"throttle":'],
];

/**
 * What tsc says against the bodies, by both clients' types, with the watch's name before it. It
 * must also refuse a few that are broken on purpose.
 */
export function typeFaults(watches: readonly NamedWatch[]): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  for (const { version } of clients) mkdirSync(join(folder, version), { recursive: true });
  const options = {
    strict: true,
    noEmit: true,
    target: 'es2024',
    module: 'nodenext',
    types: [],
    skipLibCheck: true,
    allowImportingTsExtensions: true,
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*/*.ts'] }),
  );
  for (const client of clients) writeChunks(client, watches);
  const tsc = spawnSync(
    join(root, 'node_modules', '.bin', 'tsc'),
    ['-p', folder, '--pretty', 'false'],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  const faults = `${tsc.stdout}${tsc.stderr}`.split('\n').filter((line) => line.trim() !== '');
  if (tsc.status !== 0 && faults.length === 0) return [`tsc ends with ${tsc.status}`];
  return faults.map((line) => named(line, watches));
}

function writeChunks(client: Client, watches: readonly NamedWatch[]): void {
  const lines = watches.map(({ id, body }, index) => client.line({ id, ...body }, index));
  for (let at = 0; at < lines.length; at += chunk) {
    writeFileSync(
      join(folder, client.version, `watches-${at}.ts`),
      `${[client.imports, ...lines.slice(at, at + chunk)].join('\n')}\n`,
    );
  }
  const sample = watches.find(({ body }) => JSON.stringify(body).includes('"track_total_hits":'));
  if (!sample) throw new Error('there is no watch of a detection');
  const broken = breaks.map(([text, other], index) => {
    const whole = JSON.stringify({ id: sample.id, ...sample.body });
    if (!whole.includes(text)) throw new Error(`the watch has no ${text}`);
    return `// @ts-expect-error: ${other}\n${client.line(JSON.parse(whole.replace(text, other)), index)}`;
  });
  writeFileSync(
    join(folder, client.version, 'broken.ts'),
    `${[client.imports, ...broken].join('\n')}\n`,
  );
}

/** The compiler names a line of a chunk; each is one watch. */
function named(line: string, watches: readonly NamedWatch[]): string {
  const place = /(\d)[\\/]watches-(\d+)\.ts\((\d+),/.exec(line);
  const watch = place && watches[Number(place[2]) + Number(place[3]) - 2];
  return watch ? `${watch.name}: client ${place[1]}: ${line.replace(/^.*?: error /, '')}` : line;
}

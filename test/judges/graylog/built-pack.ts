import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { main } from '../places.ts';
import { rulePaths } from '../proof-data.ts';
import { onceEvery } from './schedule.ts';

/** A content pack that `sigpack build` has written. */
export interface BuiltPack {
  readonly path: string;
  readonly id: string;
  /** Of its event definitions. */
  readonly titles: readonly string[];
}

interface Content {
  readonly id: string;
  readonly entities: readonly {
    readonly type: { readonly name: string };
    readonly data: { readonly title: { readonly '@value': string }; readonly config: object };
  }[];
}

/**
 * Makes all event definitions of a pack run every so many milliseconds and look so far back, by
 * default ten minutes. A run looks at one window after the one before: where definitions are to run
 * more often than the server can, their windows fall behind for good.
 */
export function hasten(path: string, every: number, within = 600_000): BuiltPack {
  const content = JSON.parse(readFileSync(path, 'utf8')) as Content;
  const definitions = content.entities.filter(({ type }) => type.name === 'event_definition');
  for (const { data } of definitions)
    Object.assign(data.config, { execute_every_ms: every, search_within_ms: within });
  writeFileSync(path, JSON.stringify(content));
  return { path, id: content.id, titles: definitions.map(({ data }) => data.title['@value']) };
}

/** Builds the pack of the rules that have events; each of its definitions runs {@link onceEvery}. */
export function buildPack(folder: string, config: string): BuiltPack {
  const configPath = join(folder, 'sigpack.yml');
  writeFileSync(configPath, config);
  const out = join(folder, 'pack');
  const built = spawnSync(
    process.execPath,
    [main, 'build', ...rulePaths, '-c', configPath, '-t', 'graylog', '-o', out],
    { encoding: 'utf8' },
  );
  const name = readdirSync(out).find((file) => file.endsWith('-graylog.json'));
  if (built.status === null || built.status > 1 || name === undefined)
    throw new Error(`the pack is not built: ${built.stderr}`);
  return hasten(join(out, name), onceEvery, onceEvery);
}

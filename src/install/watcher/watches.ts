import { digestOf } from '../../release/meaning/digest.ts';
import { isDeeperThan, maximumDepth } from '../../source/json.ts';
import { isRecord, valueText } from '../../source/record.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { InstallError } from '../install-error.ts';
import { packed, unpacked } from '../packed-json.ts';
import { type Fields, flatFields, type InstallObject, type JsonObject } from '../plan.ts';
import { type WatchActions, watchError } from './watch-allowed.ts';

/**
 * A watch as an artifact has it: what `sigpack convert -t xpack-watcher -f ndjson` prints on a
 * line.
 */
export interface NamedWatch {
  readonly id: string;
  readonly body: JsonObject;
  /** Of someone else's, to which a rollback returns. */
  readonly foreign?: 'active' | 'inactive';
}

/**
 * Reads watches of Elasticsearch.
 *
 * @param text - As `sigpack convert -t xpack-watcher -f ndjson` writes them: JSON lines, or a JSON
 *   array.
 * @param actions - What the watches have to do; undefined: the log line that is the default.
 * @throws An InstallError for what Sigpack does not write, and for watches that do something else.
 * @example
 * import { readFileSync } from 'node:fs';
 * import { readWatches } from 'sigpack';
 *
 * const watches = readWatches(readFileSync('packs/acme-1.0.0.ndjson', 'utf8'));
 * watches.length; // => 3
 */
export function readWatches(text: string, actions?: WatchActions): readonly NamedWatch[] {
  const values = valuesIn(text);
  const seen = new Set<string>();
  return values.map((value, index) => {
    if (
      !isRecord(value) ||
      typeof value.id !== 'string' ||
      !isRecord(value.body) ||
      !/^[\p{L}\p{N}_.-]+$/u.test(value.id)
    )
      throw new InstallError(
        'input',
        `watch ${index + 1} is not one that sigpack convert -t xpack-watcher -f ndjson writes`,
      );
    if (isDeeperThan(value, maximumDepth))
      throw new InstallError(
        'input',
        `the watch ${value.id} is nested more than ${maximumDepth} deep`,
      );
    const foreign = watchError(value, value.body, actions);
    if (foreign !== undefined) throw new InstallError('input', `the watch ${value.id} ${foreign}`);
    if (seen.has(value.id)) throw new InstallError('input', `two watches have the id ${value.id}`);
    seen.add(value.id);
    return { id: value.id, body: value.body };
  });
}

function valuesIn(text: string): readonly unknown[] {
  try {
    if (text.trimStart().startsWith('[')) return JSON.parse(text) as readonly unknown[];
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line): unknown => JSON.parse(line));
  } catch {
    throw new InstallError('input', 'the file is neither JSON lines nor a JSON array');
  }
}

/** What Sigpack keeps in the metadata of a watch. */
export interface WatchMark {
  readonly pack: string;
  readonly version: string;
  /** Of all watches of the version. */
  readonly digest: string;
  /**
   * The watch that was written last, and the one before it where a rollback has one, gzip and
   * base64: servers answer in their own form.
   */
  readonly written: string;
  readonly before?: string;
  /**
   * The watch of someone else's that was taken over, in the same form: kept from version to
   * version.
   */
  readonly taken?: string;
  /** Of a version that has this watch no more. */
  readonly retired?: true;
}

export const watchesDigest = (watches: readonly NamedWatch[]): string =>
  digestOf([...watches].sort((a, b) => (a.id < b.id ? -1 : 1)));

/** Sigpack writes no larger watches. */
const maximumSize = 64 * 1024 * 1024;

/** The version before, of one watch; null: the watch was not there. */
export interface WatchBefore {
  readonly version: string;
  readonly digest: string;
  readonly body: JsonObject | null;
  /** It was someone else's, and goes back as it was. */
  readonly foreign?: 'active' | 'inactive';
}

/** A watch of someone else's. */
export interface TakenWatch {
  readonly body: JsonObject;
  readonly foreign: 'active' | 'inactive';
}

export interface MarkedWatch {
  readonly id: string;
  /** As the server has it, with the mark taken out. */
  readonly body: JsonObject;
  readonly active: boolean;
  readonly mark: WatchMark;
  readonly written: JsonObject | undefined;
  readonly before: WatchBefore | undefined;
  readonly taken: TakenWatch | undefined;
}

/**
 * `onServer` with the mark of what the pack has: the same but for what someone changed in place.
 */
export function marked(
  onServer: JsonObject,
  written: JsonObject,
  pack: Omit<WatchMark, 'written' | 'before' | 'taken'>,
  kept: KeptWatches,
): JsonObject {
  const { before, taken } = kept;
  const mark: WatchMark = {
    ...pack,
    written: packed(written),
    ...(before ? { before: packed(before) } : {}),
    ...(taken ? { taken: packed(taken) } : {}),
  };
  return {
    ...onServer,
    metadata: { ...(isRecord(onServer.metadata) ? onServer.metadata : {}), sigpack: mark },
  };
}

/** What the mark of a watch keeps of others. */
export interface KeptWatches {
  readonly before: WatchBefore | undefined;
  readonly taken: TakenWatch | undefined;
}

const isMark = ({ version, digest, written, before, taken, retired }: JsonObject): boolean =>
  [version, digest, written, before ?? '', taken ?? ''].every((text) => typeof text === 'string') &&
  [undefined, true].includes(retired as true);

const isBefore = (value: unknown): value is WatchBefore =>
  isRecord(value) &&
  typeof value.version === 'string' &&
  typeof value.digest === 'string' &&
  (value.body === null || isRecord(value.body)) &&
  [undefined, 'active', 'inactive'].includes(value.foreign as 'active');

const isTaken = (value: unknown): value is TakenWatch =>
  isRecord(value) &&
  isRecord(value.body) &&
  ['active', 'inactive'].includes(value.foreign as 'active');

/**
 * Undefined for a watch that is not of this pack. The error names what Sigpack never writes in a
 * watch of the pack.
 */
export function unmarked(
  id: string,
  watch: unknown,
  active: boolean,
  pack: string,
): Result<MarkedWatch | undefined> {
  if (
    !isRecord(watch) ||
    !isRecord(watch.metadata) ||
    !isRecord(watch.metadata.sigpack) ||
    watch.metadata.sigpack.pack !== pack
  )
    return ok(undefined);
  const { sigpack, ...metadata } = watch.metadata;
  const mark = sigpack as unknown as WatchMark;
  if (!isMark(watch.metadata.sigpack)) return failed(`the watch ${id}`);
  const [written, before, taken] = [mark.written, mark.before, mark.taken].map((text) =>
    unpacked(text, maximumSize),
  );
  if (before !== undefined && !isBefore(before)) return failed(`what was before the watch ${id}`);
  if (taken !== undefined && !isTaken(taken))
    return failed(`what the watch ${id} was taken over from`);
  return ok({
    id,
    body: { ...watch, metadata },
    active,
    mark,
    written: isRecord(written) ? written : undefined,
    before,
    // right after the takeover it is what was before
    taken:
      taken ??
      (before?.foreign && before.body ? { body: before.body, foreign: before.foreign } : undefined),
  });
}

/**
 * What is compared, of an artifact's watch and of a server's: that has durations in its own form.
 */
export function watchObject(id: string, body: JsonObject, active: boolean): InstallObject {
  const { throttle_period: period, throttle_period_in_millis: millis, metadata, ...rest } = body;
  const title = isRecord(metadata) && typeof metadata.title === 'string' ? metadata.title : id;
  const fields: Fields = new Map([
    ...flatFields({ ...rest, metadata }),
    [
      'throttle_period',
      period === undefined
        ? millis === undefined
          ? ''
          : `${Number(millis) / 1000}s`
        : valueText(period),
    ],
    ['disabled', String(!active)],
  ]);
  return { key: id, name: title, fields };
}

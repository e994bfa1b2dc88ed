import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readTarMembers, readZipMembers } from '../../release/archive/archive-bounds.ts';
import { type ArtifactTexts, artifactSnapshot } from '../../release/artifact-snapshot.ts';
import type { Snapshot } from '../../release/snapshot.ts';
import { jsonOf } from '../../source/json.ts';
import { isRecord } from '../../source/record.ts';
import type { Result } from '../../source/result.ts';
import { visible } from '../../source/visible.ts';
import { CommandError } from '../error/command-error.ts';
import { statsOf } from '../files/path-stats.ts';
import { shownPath } from '../files/rule-files.ts';

/** In bytes; Sigpack writes no larger files. */
const maximumArchive = 512 * 1024 * 1024;
const maximumText = 256 * 1024 * 1024;

const isManifest = (name: string): boolean => name === 'manifest.json';
const isApp = (name: string): boolean => name.endsWith('.spl');
const isContentPack = (name: string): boolean => name.endsWith('-graylog.json');

/** True for a file that `sigpack build` writes, and for a folder of such files. */
export function isArtifact(path: string): boolean {
  if (statSync(path).isDirectory())
    return existsSync(join(path, 'manifest.json')) && !existsSync(join(path, 'sigpack.yml'));
  return /\.(?:spl|tgz|tar\.gz|zip|json)$/i.test(path);
}

/**
 * The texts in artifacts that a diff reads. Throws a CommandError that names the file and what is
 * wrong with it.
 */
export async function readArtifact(path: string): Promise<ArtifactTexts> {
  if (!statSync(path).isDirectory()) return readBytes(shownPath(path), bytesOf(path));
  const names = chosen(readdirSync(path), (name) => bytesOf(join(path, name)), shownPath(path));
  const texts: ArtifactTexts[] = [];
  for (const name of names)
    texts.push(await readBytes(shownPath(join(path, name)), bytesOf(join(path, name))));
  return Object.assign({}, ...texts) as ArtifactTexts;
}

/** The texts as a snapshot of a pack. */
export function snapshotOfTexts(label: string, texts: ArtifactTexts): Snapshot {
  const snapshot = artifactSnapshot(label, texts);
  if (!snapshot.ok) throw new CommandError(visible(`${label}: ${snapshot.error}`));
  return snapshot.value;
}

function bytesOf(path: string): Buffer {
  const stats = statsOf(path);
  if (!stats?.isFile()) throw new CommandError(`${shownPath(path)} is not a file`);
  if (stats.size > maximumArchive)
    throw new CommandError(
      `${shownPath(path)} has ${stats.size} bytes, which is more than any artifact of Sigpack has`,
    );
  return readFileSync(path);
}

/**
 * The manifest, the app and the content pack among files. Of several versions in one folder, those
 * that the manifest names.
 */
function chosen(
  names: readonly string[],
  read: (name: string) => Buffer,
  where: string,
): readonly string[] {
  return [isManifest, isApp, isContentPack].flatMap((is) => {
    const ofKind = names.filter(is);
    if (ofKind.length < 2) return ofKind;
    const named = namesIn(read('manifest.json'));
    const [one, second] = ofKind.filter((name) => named.has(name));
    if (one !== undefined && second === undefined) return [one];
    throw new CommandError(
      `${where} holds ${ofKind.length} of a kind, and its manifest does not say which counts: ` +
        `${visible(ofKind.sort().join(', '))}`,
    );
  });
}

function namesIn(manifest: Buffer): ReadonlySet<unknown> {
  const value = jsonOf(manifest.toString('utf8'));
  const artifacts =
    isRecord(value) && Array.isArray(value.artifacts)
      ? (value.artifacts as readonly unknown[])
      : [];
  return new Set(artifacts.flatMap((one) => (isRecord(one) ? [one.path] : [])));
}

async function readBytes(name: string, bytes: Buffer): Promise<ArtifactTexts> {
  if (/\.zip$/i.test(name)) return readBundle(name, bytes);
  if (!/\.json$/i.test(name)) return { savedSearches: await savedSearches(name, bytes) };
  if (bytes.length > maximumText)
    throw new CommandError(
      `${visible(name)} has ${bytes.length} bytes, which is more than any artifact of Sigpack has`,
    );
  const text = bytes.toString('utf8');
  const value = jsonOf(text);
  if (isRecord(value) && 'manifestVersion' in value) return { manifest: text };
  if (isRecord(value) && 'entities' in value) return { contentPack: text };
  throw new CommandError(`${visible(name)} is neither a manifest of Sigpack nor a content pack`);
}

async function savedSearches(name: string, bytes: Buffer): Promise<string> {
  const wanted = /^[^/]+\/default\/savedsearches\.conf$/;
  const [member, second] = unpacked(name, await readTarMembers(bytes, (path) => wanted.test(path)));
  if (!member) throw new CommandError(`${visible(name)} holds no default/savedsearches.conf`);
  if (second)
    throw new CommandError(
      `${visible(name)} holds more than one app: ${visible(`${member.path}, ${second.path}`)}`,
    );
  return member.content.toString('utf8');
}

async function readBundle(name: string, bytes: Buffer): Promise<ArtifactTexts> {
  const wanted = /^[^/]+\/(?:manifest\.json|[^/]+\.spl|[^/]+-graylog\.json)$/;
  const members = unpacked(name, await readZipMembers(bytes, (path) => wanted.test(path)));
  const files = new Map<string, Buffer>();
  for (const [path, content] of members) {
    if (files.has(basename(path)))
      throw new CommandError(`${visible(`${name} holds ${basename(path)} in two folders`)}`);
    files.set(basename(path), content);
  }
  if (files.size === 0)
    throw new CommandError(`${visible(name)} holds no manifest, app or content pack of Sigpack`);
  const names = chosen(
    [...files.keys()],
    (one) => files.get(one) ?? Buffer.alloc(0),
    visible(name),
  );
  const texts: ArtifactTexts[] = [];
  for (const one of names)
    texts.push(await readBytes(`${name}: ${one}`, files.get(one) ?? Buffer.alloc(0)));
  return Object.assign({}, ...texts) as ArtifactTexts;
}

function unpacked<T>(name: string, members: Result<T>): T {
  if (members.ok) return members.value;
  throw new CommandError(visible(`${name} cannot be unpacked: ${members.error}`));
}

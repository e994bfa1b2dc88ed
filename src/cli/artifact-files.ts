import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Entry, fromBuffer } from 'yauzl';
import type { ArtifactTexts } from '../release/artifact-snapshot.ts';
import { UsageError } from './exit-code.ts';
import { unpackTar } from './unpack-tar.ts';

/** Text files of an archive that are larger are none of ours. */
const maximumSize = 256 * 1024 * 1024;

/** True for what `sigpack build` writes, and for a folder of it. */
export function isArtifact(path: string): boolean {
  if (statSync(path).isDirectory()) return existsSync(join(path, 'manifest.json')) && !existsSync(join(path, 'sigpack.yml'));
  return /\.(?:spl|tgz|tar\.gz|zip|json)$/i.test(path);
}

/** The texts in artifacts that a diff reads. */
export async function readArtifact(path: string): Promise<ArtifactTexts> {
  if (statSync(path).isDirectory()) {
    const files = readdirSync(path)
      .filter((name) => name === 'manifest.json' || name.endsWith('.spl') || name.endsWith('-graylog.json'))
      .sort();
    const texts = await Promise.all(files.map((name) => readArtifact(join(path, name))));
    return Object.assign({}, ...texts) as ArtifactTexts;
  }
  return readBytes(basename(path), readFileSync(path));
}

async function readBytes(name: string, bytes: Buffer): Promise<ArtifactTexts> {
  if (/\.zip$/i.test(name)) return readBundle(bytes);
  if (!/\.json$/i.test(name)) return { savedSearches: await savedSearches(name, bytes) };
  const text = bytes.toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    const keys = typeof value === 'object' && value !== null ? value : {};
    if ('manifestVersion' in keys) return { manifest: text };
    if ('entities' in keys) return { contentPack: text };
  } catch {
    // told below, as for JSON of another kind
  }
  throw new UsageError(`${name} is neither a manifest of Sigpack nor a content pack`);
}

async function savedSearches(name: string, bytes: Buffer): Promise<string> {
  let text: string | undefined;
  try {
    for await (const entry of unpackTar(bytes)) {
      if (!/^[^/]+\/default\/savedsearches\.conf$/.test(entry.header.name) || (entry.header.size ?? 0) > maximumSize) {
        entry.resume();
        continue;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      text = Buffer.concat(chunks).toString('utf8');
    }
  } catch (error) {
    throw new UsageError(`${name} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (text === undefined) throw new UsageError(`${name} holds no default/savedsearches.conf`);
  return text;
}

async function readBundle(bytes: Buffer): Promise<ArtifactTexts> {
  const wanted = /^[^/]+\/(?:manifest\.json|[^/]+\.spl|[^/]+-graylog\.json)$/;
  const files = await new Promise<ReadonlyMap<string, Buffer>>((resolve, reject) => {
    const found = new Map<string, Buffer>();
    fromBuffer(bytes, { lazyEntries: true }, (fault, archive) => {
      if (fault) {
        reject(new UsageError(`the archive cannot be read: ${fault.message}`));
        return;
      }
      archive.on('error', reject);
      archive.on('end', () => resolve(found));
      archive.on('entry', (entry: Entry) => {
        if (!wanted.test(entry.fileName) || entry.uncompressedSize > maximumSize) {
          archive.readEntry();
          return;
        }
        archive.openReadStream(entry, (error, stream) => {
          if (error) {
            reject(error);
            return;
          }
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('error', reject);
          stream.on('end', () => {
            found.set(basename(entry.fileName), Buffer.concat(chunks));
            archive.readEntry();
          });
        });
      });
      archive.readEntry();
    });
  });
  const texts = await Promise.all([...files].map(([name, content]) => readBytes(name, content)));
  return Object.assign({}, ...texts) as ArtifactTexts;
}

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Files = Readonly<Record<string, string>>;

/**
 * Lines of a sigpack.yml that leave nothing to choose: events with the names of Sigma, in all
 * indexes and streams.
 */
export const anyEvents =
  'pipelines: { splunk: none, graylog: none }\nsplunk: { index: "*" }\ngraylog: { streams: all }\n';

/** What `sigpack init` would ask on a terminal. */
export const initFlags = [
  '--splunk',
  'splunk',
  '--splunk-index',
  'windows',
  '--graylog',
  'graylog',
  '--graylog-streams',
  'Windows events',
] as const;

/** Writes texts to paths below a folder, which need not be there. */
export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** A new folder below another one, with these files. */
export function projectIn(parent: string, files: Files): string {
  const folder = mkdtempSync(join(parent, 'p-'));
  writeFiles(folder, files);
  return folder;
}

/** Names and bytes of all files of a folder that has no folders, sorted by name. */
export const contents = (folder: string): Map<string, string> =>
  new Map(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name)).toString('base64')]),
  );

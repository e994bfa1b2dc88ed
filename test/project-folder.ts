import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Files = Readonly<Record<string, string>>;

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

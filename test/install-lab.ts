import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultActions, foundTexts } from '../src/backend/xpack-watcher/watch.ts';
import {
  type InstallOptions,
  install,
  rollback,
  type UninstallOptions,
  uninstall,
} from '../src/cli/install/install-command.ts';
import { status } from '../src/cli/install/status-command.ts';
import { packOf } from './pack-of.ts';
import { type Said, said } from './said.ts';

const made: string[] = [];

/**
 * For `afterAll` of a file with labs: a worker runs a hook of this module in one of the files only.
 */
export function removeLabs(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

const uuid = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const rule = (number: number, title: string, value: string, level = 'high'): string =>
  `title: ${title}\nid: ${uuid(number)}\nstatus: test\nlevel: ${level}\ndescription: Says "${title}", \`a\` | and [b].\nauthor: A, B\nlogsource: { product: windows, category: process_creation }\ndetection:\n  sel: { Image|endswith: '${value}' }\n  condition: sel\n`;

/** Two versions of a pack: a rule changes, one goes, one comes. */
export const firstRules = [
  rule(1, 'First', '\\a.exe'),
  rule(2, 'Second', '\\b.exe'),
  rule(3, 'Third', '\\c.exe'),
];
export const secondRules = [
  rule(1, 'First', '\\other.exe', 'low'),
  rule(3, 'Third', '\\c.exe'),
  rule(4, 'Fourth', '\\d.exe'),
];

/** A folder with sigpack.yml and artifacts, and the commands as one calls them in it. */
export interface Lab {
  readonly folder: string;
  readonly at: (path: string) => string;
  readonly read: (path: string) => string;
  readonly write: (path: string, text: string) => void;
  /** Writes the artifacts of a version and sigpack.yml; returns the folder that they are in. */
  readonly build: (version: string, revision: number, rules: readonly string[]) => Promise<string>;
  readonly install: (artifact: string | undefined, more?: Partial<InstallOptions>) => Promise<Said>;
  readonly rollback: (more?: Partial<InstallOptions>) => Promise<Said>;
  readonly status: (format?: 'text' | 'json') => Promise<Said>;
  readonly uninstall: (more?: Partial<UninstallOptions>) => Promise<Said>;
}

const allOn = 'defaults: { enabled: true }\n';

/** `place` is what sigpack.yml says under `installs: lab:`, one flow map. */
export function createLab(place: string, more = '', isAllOn = true): Lab {
  const folder = mkdtempSync(join(tmpdir(), 'sigpack-install-'));
  made.push(folder);
  const at = (path: string): string => join(folder, path);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), text);
  };
  const base = { to: 'lab', config: at('sigpack.yml') };
  const options = (given: Partial<InstallOptions> = {}): InstallOptions => ({
    ...base,
    yes: true,
    format: 'text',
    verbose: false,
    ...given,
  });
  return {
    folder,
    at,
    write,
    read: (path) => readFileSync(at(path), 'utf8'),
    async build(version, revision, rules) {
      const config = `id: acme\ntitle: Acme detections\nversion: ${version}\nrevision: ${revision}\nauthor: Acme\n${isAllOn ? allOn : ''}${more}`;
      write('sigpack.yml', `${config}installs:\n  lab: ${place}\n`);
      rmSync(at('rules'), { recursive: true, force: true });
      for (const [index, text] of rules.entries()) write(`rules/${index}.yml`, text);
      const { artifacts, bag } = await packOf([at('rules')], config);
      if (artifacts.size === 0) throw new Error(bag.list.map(({ message }) => message).join('; '));
      const output = at(`packs/${version}`);
      mkdirSync(output, { recursive: true });
      for (const [path, { content }] of artifacts) writeFileSync(join(output, path), content);
      return output;
    },
    install: (artifact, given) => said(() => install(artifact, options(given))),
    rollback: (given) => said(() => rollback(undefined, options(given))),
    status: (format = 'text') => said(() => status(undefined, { ...base, format })),
    uninstall: (more) => said(() => uninstall(undefined, { ...base, yes: true, ...more })),
  };
}

/** The body of a watch, as little of it as an install takes. */
export const watchBody = (query = 'x', title = query) => ({
  trigger: { schedule: { interval: '1m' } },
  input: { search: { request: { indices: ['x'], body: { query: { query_string: { query } } } } } },
  actions: defaultActions(foundTexts[0]),
  metadata: { title },
});

/** Paths and texts of all files below a folder. */
export function tree(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  );
}

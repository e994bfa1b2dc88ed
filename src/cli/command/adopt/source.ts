import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type AdoptedApp,
  type Stanza,
  stanzasOf,
  threePartVersion,
} from '../../../adopt/stanza.ts';
import { type ConfModel, readBoundedConf } from '../../../pack/render/conf-reader.ts';
import { rootOf } from '../../../source/yaml/parse.ts';
import { lookup, type YamlNode } from '../../../source/yaml/tree.ts';
import { CommandError } from '../../error/command-error.ts';
import { statsOf } from '../../files/path-stats.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { shownPath } from '../../files/rule-files.ts';

/** In bytes, of a conf file or a detection: five times as much as the largest app has. */
const maximumSize = 128 * 1024 * 1024;

/**
 * The saved searches of an app's folder, of a savedsearches.conf or of a repository of contentctl.
 * Throws a CommandError for any other path.
 */
export function readAdopted(path: string): AdoptedApp {
  const stats = statsOf(path);
  if (!stats) throw new CommandError(`${shownPath(path)} does not exist`);
  if (!stats.isDirectory()) {
    const above = dirname(resolve(path));
    // a file of an app means little without the one in the other folder
    if (/^(?:default|local)$/.test(basename(above)) && basename(path) === 'savedsearches.conf')
      return readAdopted(dirname(above));
    if (!/\.conf$/i.test(path))
      throw new CommandError(
        `${shownPath(path)} is not a savedsearches.conf; of an archive, name the folder that it ` +
          'unpacks to',
      );
    return { stanzas: stanzasOf(readConfFile(path) ?? new Map()) };
  }
  if (
    /^(?:default|local)$/.test(basename(resolve(path))) &&
    statsOf(join(path, 'savedsearches.conf'))
  )
    return readAdopted(dirname(resolve(path)));
  const contentctl = readText(join(path, 'contentctl.yml'));
  if (contentctl !== undefined) return contentctlApp(path, contentctl);
  const [shipped, local] = ['default', 'local'].map((folder) =>
    readConfFile(join(path, folder, 'savedsearches.conf')),
  );
  if (!shipped && !local) {
    throw new CommandError(
      `${shownPath(path)} is neither an app of Splunk (default/savedsearches.conf) nor a ` +
        'repository of contentctl (contentctl.yml)',
    );
  }
  const conf = readConfFile(join(path, 'default', 'app.conf'));
  const version = threePartVersion(
    conf?.get('launcher')?.get('version') ?? conf?.get('id')?.get('version') ?? '',
  );
  const build = Number.parseInt(conf?.get('install')?.get('build') ?? '', 10);
  return {
    id: basename(resolve(path)),
    ...(version === undefined ? {} : { version }),
    ...(build > 0 && build < 1_000_000_000 ? { build } : {}),
    stanzas: stanzasOf(shipped ?? new Map(), local),
  };
}

const readText = (path: string): string | undefined =>
  readRegularFile(path, maximumSize)?.toString('utf8');

function readConfFile(path: string): ConfModel | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const file = readBoundedConf(text);
  if (!file.ok) throw new CommandError(`${shownPath(path)} has ${file.error}`);
  return file.value.stanzas;
}

/** What `contentctl build` would name the saved searches of the repository. */
function contentctlApp(folder: string, text: string): AdoptedApp {
  const app = lookup(rootOf({ path: join(folder, 'contentctl.yml'), text }), 'app');
  const label = textOf(app, 'label') ?? textOf(app, 'prefix');
  if (label === undefined)
    throw new CommandError(
      `${shownPath(join(folder, 'contentctl.yml'))} has no \`app: { label: ... }\`, with ` +
        'which its saved searches are named',
    );
  const id = textOf(app, 'appid');
  const version = threePartVersion(textOf(app, 'version') ?? '');
  const unread: string[] = [];
  const stanzas = detectionFiles(join(folder, 'detections')).flatMap((path) => {
    const stanza = contentctlStanza(rootOf({ path, text: readText(path) ?? '' }), label);
    if (!stanza) unread.push(shownPath(path));
    return stanza ?? [];
  });
  return {
    ...(id === undefined ? {} : { id }),
    ...(version === undefined ? {} : { version }),
    stanzas: [...stanzas].sort((a, b) => (a.name < b.name ? -1 : 1)),
    unread: unread.sort(),
  };
}

function detectionFiles(folder: string): readonly string[] {
  if (statsOf(folder)?.isDirectory() !== true)
    throw new CommandError(
      `${shownPath(folder)} does not exist: contentctl has its detections there`,
    );
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) =>
    entry.isFile() && /\.ya?ml$/i.test(entry.name) ? [join(entry.parentPath, entry.name)] : [],
  );
}

function textOf(node: YamlNode | undefined, key: string): string | undefined {
  const value = lookup(node, key);
  return value?.kind === 'scalar' && value.text.trim() !== '' ? value.text.trim() : undefined;
}

function contentctlStanza(root: YamlNode | undefined, label: string): Stanza | undefined {
  const name = textOf(root, 'name');
  const search = textOf(root, 'search');
  if (name === undefined || search === undefined) return undefined;
  const id = textOf(root, 'id');
  const isOn = textOf(root, 'enabled_by_default') === 'true';
  const shipped = new Map([
    ['search', search],
    ['enableSched', '1'],
    ['disabled', isOn ? '0' : '1'],
    ...(id === undefined ? [] : [['id', id] as const]),
  ]);
  return { name: `${label} - ${name} - Rule`, shipped, local: new Map() };
}

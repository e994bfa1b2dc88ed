import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type AppFiles, settingsIn } from '../../../install/splunk/app-files.ts';
import type { Override } from '../../../install/target.ts';
import { readConf } from '../../../pack/render/conf-reader.ts';
import { isGroupMacro } from '../../../pack/splunk/grouped/macros.ts';
import { isDenied } from '../../error/error-code.ts';
import { existsItself, linkOnTheWay, withFile } from './tree.ts';

/** An override with the values of its settings, which a report leaves out. */
export interface LocalOverride extends Override {
  readonly values: ReadonlyMap<string, string>;
}

const noValues: ReadonlyMap<string, string> = new Map();

/** What local/ has otherwise than the installed app: Splunk prefers local/. */
export const overridesIn = (target: string, installed: AppFiles): readonly LocalOverride[] =>
  [...installed].flatMap(([path, bytes]): readonly LocalOverride[] => {
    if (!path.startsWith('default/')) return [];
    const file = path.replace('default/', 'local/');
    try {
      return overridesOf(target, file, { path, bytes, installed });
    } catch (error) {
      // root's, who installs with the rights of the owner of the apps
      if (!isDenied(error)) throw error;
      return [{ name: 'what cannot be read', file, settings: [], values: noValues }];
    }
  });

const isOfGroups = (target: string, file: string, name: string): boolean =>
  file === 'local/macros.conf' && isGroupMacro(basename(target), name);

interface Ours {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly installed: AppFiles;
}

function overridesOf(
  target: string,
  local: string,
  { path, bytes, installed }: Ours,
): readonly LocalOverride[] {
  const file = join(target, local);
  if (!existsItself(file) && linkOnTheWay(target, ['local']) === undefined) return [];
  // no link is followed, and none is left unsaid
  if (linkOnTheWay(target, local.split('/')) !== undefined)
    return [{ name: 'a link, which is not followed', file: local, settings: [], values: noValues }];
  const there = readFile(file);
  if (!path.endsWith('.conf'))
    return there.equals(bytes)
      ? []
      : [{ name: 'the whole file', file: local, settings: [], values: noValues }];
  const ours = settingsIn(installed, path);
  return [...readConf(there.toString('utf8')).stanzas].flatMap(
    ([name, settings]): readonly LocalOverride[] => {
      if (!ours.has(name) && isOfGroups(target, local, name))
        return [
          { name, file: local, settings: [...settings.keys()], unused: true, values: settings },
        ];
      if (!ours.has(name) && name !== 'default' && path !== 'default/app.conf') return [];
      const other = [...settings]
        .filter(([key, value]) => ours.get(name)?.get(key) !== value)
        .map(([key]) => key);
      return other.length === 0 ? [] : [{ name, file: local, settings: other, values: settings }];
    },
  );
}

// a folder, or a pipe, which would be waited for, has nothing
const readFile = (path: string): Buffer =>
  withFile(path, (descriptor, found) =>
    found.isFile() ? readFileSync(descriptor) : Buffer.alloc(0),
  );

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type AppFiles,
  settingsIn,
  stanzaFiles,
  textOf,
} from '../../../install/splunk/app-files.ts';
import type { Override } from '../../../install/target.ts';
import { readConf } from '../../../pack/render/conf-reader.ts';
import { namedSearches } from '../../../pack/splunk/grouped/member-searches.ts';
import { isDenied } from '../../error/error-code.ts';
import { existsItself, linkOnTheWay, withFile } from './tree.ts';

/** What local/ has otherwise than the installed app: Splunk prefers local/. */
export const overridesIn = (target: string, installed: AppFiles): readonly Override[] =>
  [...installed].flatMap(([path, bytes]): readonly Override[] => {
    if (!path.startsWith('default/')) return [];
    const file = path.replace('default/', 'local/');
    try {
      return overridesOf(target, file, { path, bytes, installed });
    } catch (error) {
      // root's, who installs with the rights of the owner of the apps
      if (!isDenied(error)) throw error;
      return [{ name: 'what cannot be read', file, settings: [] }];
    }
  });

/** Overrides that are named; `sigpack status` has all of them. */
const namedOverrides = 5;

/**
 * Detections of which local/ has its own settings, the search first: settings of a version have no
 * effect there. With grouped searches it is the other way round: what local/ says of a detection,
 * or of its filter macro, does not reach the search that runs it.
 */
export function overrideNotes(
  target: string,
  files: AppFiles,
  before: AppFiles = new Map(),
): readonly string[] {
  const ofSearch = ({ settings }: Override): number => (settings.includes('search') ? 0 : 1);
  const { members, filterMacros } = groupedIn(files);
  const overrides = overridesIn(target, files).filter(
    ({ name, file, settings }) =>
      settings.length > 0 &&
      (file === 'local/savedsearches.conf' ||
        (file === 'local/macros.conf' && filterMacros.has(name))),
  );
  const isGrouped = ({ name, file }: Override): boolean =>
    file === 'local/macros.conf' || members.has(name);
  const kept = overrides
    .sort((a, b) => ofSearch(a) - ofSearch(b))
    .map(
      (one) =>
        `${overrideOf(one)}: ` +
        (isGrouped(one) ? onlyOwnSearch : 'what the pack says there has no effect.'),
    );
  // an exclusion that stops comes first: alerts come that an admin had excluded
  const all = [...lostNotes(target, before, files), ...kept];
  const lines = all.slice(0, namedOverrides);
  const more = all.length - lines.length;
  return more > 0 ? [...lines, `${more} more in local/; sigpack status names them.`] : lines;
}

const overrideOf = ({ file, settings, name }: Override): string =>
  `${file} overrides ${settings.join(', ')} of ${JSON.stringify(name)}`;

/** What local/ says of stanzas that the version before has and this one lacks: it does nothing. */
function lostNotes(target: string, before: AppFiles, files: AppFiles): readonly string[] {
  const has = (file: string, name: string): boolean =>
    settingsIn(files, file.replace('local/', 'default/')).has(name);
  return overridesIn(target, before)
    .filter(
      ({ file, name, settings, unused }) =>
        unused !== true &&
        settings.length > 0 &&
        name !== 'default' &&
        stanzaFiles.test(file.replace('local/', 'default/')) &&
        !has(file, name),
    )
    .sort((a, b) => Number(isExclusion(b)) - Number(isExclusion(a)))
    .map((one) => {
      const filter = one.name.replace(/_allow_*$/, '_filter');
      const there =
        isExclusion(one) && has(one.file, filter)
          ? ` The detection's own search excludes events in the macro ${filter}.`
          : '';
      return `${overrideOf(one)}, which this version lacks: it has no effect any more.${there}`;
    });
}

/** Of a detection in a group, by the name of its macro. */
const isExclusion = ({ file, name }: Override): boolean =>
  file === 'local/macros.conf' && /_allow_*$/.test(name);

/** Macros that only grouped searches call. */
const isOfGroups = (target: string, file: string, name: string): boolean =>
  file === 'local/macros.conf' &&
  name.startsWith(`${basename(target).toLowerCase()}_`) &&
  /_(?:allow|severity|all_detections)_*$/.test(name);

const onlyOwnSearch =
  'that has no effect on the grouped search that runs the detection; the page Tuning of the app ' +
  'says what has.';

/** Detections that grouped searches run, and their filter macros, which these don't use. */
function groupedIn(files: AppFiles) {
  const text = textOf(files.get('default/savedsearches.conf') ?? new Uint8Array());
  const file = readConf(text);
  const { members } = namedSearches(text, file);
  const filterMacros = [...members].flatMap((name) =>
    [...(file.stanzas.get(name)?.get('search') ?? '').matchAll(/`(\w+_filter)`/g)].map(
      ([, macro = '']) => macro,
    ),
  );
  return { members, filterMacros: new Set(filterMacros) };
}

interface Ours {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly installed: AppFiles;
}

function overridesOf(
  target: string,
  local: string,
  { path, bytes, installed }: Ours,
): readonly Override[] {
  const file = join(target, local);
  if (!existsItself(file) && linkOnTheWay(target, ['local']) === undefined) return [];
  // no link is followed, and none is left unsaid
  if (linkOnTheWay(target, local.split('/')) !== undefined)
    return [{ name: 'a link, which is not followed', file: local, settings: [] }];
  const there = readFile(file);
  if (!path.endsWith('.conf'))
    return there.equals(bytes) ? [] : [{ name: 'the whole file', file: local, settings: [] }];
  const ours = settingsIn(installed, path);
  return [...readConf(there.toString('utf8')).stanzas].flatMap(
    ([name, settings]): readonly Override[] => {
      if (!ours.has(name) && isOfGroups(target, local, name))
        return [{ name, file: local, settings: [...settings.keys()], unused: true }];
      if (!ours.has(name) && name !== 'default' && path !== 'default/app.conf') return [];
      const other = [...settings]
        .filter(([key, value]) => ours.get(name)?.get(key) !== value)
        .map(([key]) => key);
      return other.length === 0 ? [] : [{ name, file: local, settings: other }];
    },
  );
}

// a folder, or a pipe, which would be waited for, has nothing
const readFile = (path: string): Buffer =>
  withFile(path, (descriptor, found) =>
    found.isFile() ? readFileSync(descriptor) : Buffer.alloc(0),
  );

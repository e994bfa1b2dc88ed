import {
  type AppFiles,
  savedSearchesIn,
  settingsIn,
  stanzaFiles,
} from '../../../install/splunk/app-files.ts';
import type { Override } from '../../../install/target.ts';
import { isScheduled, isTrue } from '../../../pack/settings/splunk-boolean.ts';
import { allowMacro, filterMacroOf, isAllowMacro } from '../../../pack/splunk/grouped/macros.ts';
import { type LocalOverride, overridesIn } from './overrides.ts';

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
  const searches = savedSearchesIn(files);
  const { members, filterMacros } = groupedIn(searches);
  const overrides = overridesIn(target, files).filter(
    ({ name, file, settings }) =>
      settings.length > 0 &&
      (file === 'local/savedsearches.conf' || (isMacros(file) && filterMacros.has(name))),
  );
  const ofMember = (one: LocalOverride): string | undefined =>
    isMacros(one.file) ? onlyOwnSearch : ofSearch(one, members);
  const rank = (one: LocalOverride): number =>
    runsOtherwise(one, members) ? 0 : one.settings.includes('search') ? 1 : 2;
  const kept = overrides
    .sort((a, b) => rank(a) - rank(b))
    .map(
      (one) => `${overrideOf(one)}: ${ofMember(one) ?? 'what the pack says there has no effect.'}`,
    );
  // an exclusion that stops comes first: alerts come that an admin had excluded
  const all = [...lostNotes(target, before, { files, searches }), ...kept];
  const lines = all.slice(0, namedOverrides);
  const more = all.length - lines.length;
  return more > 0 ? [...lines, `${more} more in local/; sigpack status names them.`] : lines;
}

const overrideOf = ({ file, settings, name }: Override): string =>
  `${file} overrides ${settings.join(', ')} of ${JSON.stringify(name)}`;

/** What local/ says of stanzas that the version before has and this one lacks: it does nothing. */
function lostNotes(
  target: string,
  before: AppFiles,
  { files, searches }: { readonly files: AppFiles; readonly searches: Searches },
): readonly string[] {
  const overrides = overridesIn(target, before).filter(
    ({ file, name, settings, unused }) =>
      unused !== true &&
      settings.length > 0 &&
      name !== 'default' &&
      stanzaFiles.test(inDefault(file)),
  );
  if (overrides.length === 0) return [];
  const macros = settingsIn(files, 'default/macros.conf');
  return overrides
    .filter(({ file, name }) => !(isMacros(file) ? macros : searches.stanzas).has(name))
    .sort((a, b) => Number(isExclusion(b)) - Number(isExclusion(a)))
    .map((one) => {
      const filter = filterMacroOf(one.name);
      const there =
        isExclusion(one) && macros.has(filter)
          ? ` The detection's own search excludes events in the macro ${filter}.`
          : '';
      return `${overrideOf(one)}, which this version lacks: it has no effect any more.${there}`;
    });
}

/** Of a detection in a group, by the name of its macro. */
const isExclusion = ({ file, name }: Pick<Override, 'file' | 'name'>): boolean =>
  isMacros(file) && isAllowMacro(name);

/** The file of the pack that a file of local/ overrides. */
const inDefault = (file: string): string => file.replace('local/', 'default/');
const isMacros = (file: string): boolean => file === 'local/macros.conf';

const onlyOwnSearch =
  'that has no effect on the grouped search that runs the detection; the page Tuning of the app ' +
  'says what has.';

type Searches = ReturnType<typeof savedSearchesIn>;

/** By the name of a detection that a group runs, its macro there. */
type Members = ReadonlyMap<string, string>;

/** An admin switched the search off or scheduled it, and meant the detection. */
const runsOtherwise = ({ name, values }: LocalOverride, members: Members): boolean =>
  members.has(name) && (isOff(values) || isScheduled(values));
const isOff = (values: LocalOverride['values']): boolean => isTrue(values.get('disabled') ?? '');

/** Undefined where no group runs the detection. */
function ofSearch({ name, values }: LocalOverride, members: Members): string | undefined {
  const allow = members.get(name);
  if (allow === undefined) return undefined;
  if (isOff(values))
    return (
      'its group runs the detection nonetheless. To switch it off there, write ' +
      `definition = true() for the macro ${allow}.`
    );
  if (isScheduled(values))
    return (
      'the detection runs twice, by itself and in its group, and each alert comes twice. Remove ' +
      'the setting.'
    );
  return onlyOwnSearch;
}

/** Detections that grouped searches run, and their filter macros, which these don't use. */
function groupedIn({ stanzas, runBy }: Searches): {
  readonly members: Members;
  readonly filterMacros: ReadonlySet<string>;
} {
  const filters = [...runBy.keys()].map((name): [string, string] => [
    name,
    /`(\w+_filter)`/.exec(stanzas.get(name)?.get('search') ?? '')?.[1] ?? '',
  ]);
  return {
    members: new Map(filters.map(([name, macro]) => [name, allowMacro(macro)])),
    filterMacros: new Set(filters.map(([, macro]) => macro)),
  };
}

import { splunkAppPaths } from '../../artifact/splunk/app.ts';
import { type ConfModel, readBoundedConf } from '../../pack/render/conf-reader.ts';
import { textOf } from './app-files.ts';
import { manifestError, viewError } from './app-texts.ts';
import { type IsConfigured, nothingConfigured, strangeSetting } from './search-settings.ts';

/**
 * Why an app holds what no build of Sigpack writes; undefined: it does not. Paths are those below
 * its folder.
 */
export function appError(
  id: string,
  files: ReadonlyMap<string, Uint8Array>,
  isConfigured: IsConfigured = nothingConfigured,
): string | undefined {
  const allowed = new Set(splunkAppPaths(id));
  for (const path of files.keys())
    if (!allowed.has(path))
      return `the app brings ${JSON.stringify(path)}, which no build of Sigpack writes`;
  for (const [path, bytes] of files) {
    const reason = fileError({ id, path, isConfigured }, bytes);
    if (reason !== undefined)
      return `the ${path} of the app is not what a build of Sigpack writes: ${reason}`;
  }
  return undefined;
}

interface Place {
  readonly id: string;
  readonly path: string;
  readonly isConfigured: IsConfigured;
}

function fileError(place: Place, bytes: Uint8Array): string | undefined {
  const { id, path } = place;
  if (path === 'app.manifest') return manifestError(id, textOf(bytes));
  if (path.endsWith('.xml')) return viewError(path, textOf(bytes));
  return path.endsWith('.conf') || path.endsWith('.meta')
    ? confError(place, textOf(bytes))
    : undefined;
}

const comment = /^[ \t]*[#;]/m;

/** Readers differ in whether the line after such a comment belongs to it. */
const hasOpenComment = (text: string): boolean =>
  text.split('\n').some((line) => {
    const start = line.search(comment);
    return start !== -1 && /\\[ \t\r]*$/m.test(line.slice(start));
  });

function confError(place: Place, text: string): string | undefined {
  if (hasOpenComment(text)) return 'a comment ends in a backslash';
  const file = readBoundedConf(text);
  return file.ok
    ? (file.value.reasons[0] ?? settingError(place, file.value.stanzas))
    : `it has ${file.error}`;
}

const appKeys: Readonly<Record<string, readonly string[]>> = {
  id: ['name', 'version'],
  install: ['is_configured', 'build', 'state', 'state_change_requires_restart'],
  launcher: ['version', 'author', 'description'],
  package: ['id', 'check_for_updates'],
  ui: ['is_visible', 'label', 'show_in_nav', 'supported_themes'],
  shclustering: ['deployer_lookups_push_mode'],
};
const macroKeys: ReadonlySet<string> = new Set([
  'definition',
  'description',
  'iseval',
  'args',
  'validation',
  'errormsg',
]);
const lookupKeys: ReadonlySet<string> = new Set([
  'filename',
  'case_sensitive_match',
  'max_matches',
  'min_matches',
  'default_match',
  'match_type',
]);

/** What makes a server run, send or impersonate, or lets others write. */
function settingError({ id, path, isConfigured }: Place, stanzas: ConfModel): string | undefined {
  for (const [name, settings] of stanzas) {
    const keys = [...settings.keys()];
    const strange =
      path === 'default/savedsearches.conf'
        ? strangeSetting(settings, isConfigured)
        : keys.find((key) => !isKnown(path, name, key));
    if (path === 'default/transforms.conf' && strange?.startsWith('external_'))
      return `[${name}] makes Splunk run a program`;
    if (strange !== undefined)
      return (
        `[${name}] has ${JSON.stringify(strange.slice(0, 120))}` +
        `${path.endsWith('searches.conf') ? notConfigured : ''}`
      );
    const value = strangeValue({ id, path, name }, settings);
    if (value !== undefined) return `[${name}] ${value}`;
  }
  return undefined;
}

const notConfigured =
  ', which a rule may not set and sigpack.yml does not set so under defaults, levels or logsources';

function isKnown(path: string, stanza: string, key: string): boolean {
  if (path === 'default/app.conf')
    return Object.hasOwn(appKeys, stanza) && appKeys[stanza]?.includes(key) === true;
  if (path === 'default/macros.conf') return macroKeys.has(key);
  if (path === 'default/transforms.conf') return lookupKeys.has(key);
  return key === 'access' || key === 'export';
}

interface StanzaPlace {
  readonly id: string;
  readonly path: string;
  readonly name: string;
}

function strangeValue(
  { id, path, name }: StanzaPlace,
  settings: ReadonlyMap<string, string>,
): string | undefined {
  const own =
    path === 'default/app.conf'
      ? name === 'id'
        ? settings.get('name')
        : name === 'package'
          ? settings.get('id')
          : undefined
      : undefined;
  if (own !== undefined && own !== id) return 'names another app';
  const file = path === 'default/transforms.conf' ? settings.get('filename') : undefined;
  if (file !== undefined && !/^\w[\w-]*\.csv$/.test(file)) return 'looks up what is not a CSV file';
  const access = path.endsWith('.meta') ? settings.get('access') : undefined;
  return access !== undefined && /write\s*:[^\]]*\*/.test(access)
    ? 'lets everyone write'
    : undefined;
}

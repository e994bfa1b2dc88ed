import { dump } from 'js-yaml';
import type { LocalSettings } from '../../../adopt/local-settings.ts';
import { evidences } from '../../../adopt/match-stanzas.ts';
import { compareVersions } from '../../../release/version.ts';
import { plural } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import { wrapped } from '../../report/wrapped.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Adoption } from './adoption.ts';

/** Entries of a list that are shown without --verbose. */
const mostEntries = 10;
const searches = (number: number): string =>
  `${number.toLocaleString('en')} saved ${plural(number, 'search', 'searches')}`;

export interface AdoptingPack {
  readonly id: string;
  readonly version: string;
  /** True where sigpack.yml names the version. */
  readonly isVersionWritten: boolean;
}

/** What an adoption does, as text. `lock`: the path of the lock, if it was written. */
export function adoptionText(
  adoption: Adoption,
  pack: AdoptingPack,
  lock: string | undefined,
  { paint, width, verbose }: Pick<Terminal, 'paint' | 'width'> & { readonly verbose: boolean },
): string {
  const { app, local } = adoption;
  const lines: string[] = [];
  const say = (text: string): void => {
    lines.push(...wrapped(visible(text), width));
  };
  const warn = (text: string): void => {
    lines.push(...wrapped(visible(`! ${text}`), width).map((line) => paint('yellow', line)));
  };
  const list = <T>(entries: readonly T[], linesOf: (entry: T) => readonly string[]): void => {
    const shown = verbose ? entries : entries.slice(0, mostEntries);
    lines.push(...shown.flatMap(linesOf));
    const more = entries.length - shown.length;
    if (more > 0) lines.push(`  and ${more.toLocaleString('en')} more (--verbose shows them)`);
  };
  say(foundText(adoption));
  const version = app.version ?? pack.version;
  if (lock !== undefined)
    say(`${lock} has their names; commit it. The next release has a version after ${version}.`);
  if (app.id !== undefined && app.id !== pack.id) warn(otherAppText(pack.id, app.id));
  if (isBehind(pack, app.version))
    warn(
      `sigpack.yml says version ${pack.version}, and ${version} is in use: \`sigpack build\` ` +
        'makes an older app until `sigpack release` has raised it',
    );
  for (const [what, names] of concerns(adoption)) {
    if (names.length === 0) continue;
    warn(`${searches(names.length)} ${what}:`);
    list(names, nameLines);
  }
  const unread = app.unread ?? [];
  if (unread.length > 0) {
    warn(
      `${unread.length.toLocaleString('en')} of the files of detections without a name and a ` +
        'search that can be read:',
    );
    list(unread, nameLines);
  }
  if (local.length > 0) {
    say(
      `${searches(local.length)} with settings in local/, which go on working. The same in ` +
        'the rule:',
    );
    list(local, settingLines);
  }
  return lines.map((line) => `${line}\n`).join('');
}

const nameLines = (name: string): readonly string[] => [`  ${visible(name)}`];

/** How many saved searches have a rule, and how that is known. */
function foundText({ app, matches: { found } }: Adoption): string {
  const by = evidences.map(
    (evidence) => `${found.filter((match) => match.by === evidence).length} by ${evidence}`,
  );
  const from = [app.id, app.version].filter((part) => part !== undefined).join(' ');
  return (
    `${from === '' ? '' : `${from}: `}${searches(app.stanzas.length)}, ${found.length} of them ` +
    `with a rule here (${by.join(', ')})`
  );
}

/** True where the version in sigpack.yml is not after that of the app. */
const isBehind = ({ version, isVersionWritten }: AdoptingPack, of: string | undefined): boolean =>
  isVersionWritten && of !== undefined && compareVersions(version, of) <= 0;

function otherAppText(id: string, adopted: string): string {
  const same = /^[A-Za-z][A-Za-z0-9_]{1,79}$/.test(adopted)
    ? `write \`id: ${adopted}\` in sigpack.yml, or `
    : '';
  return (
    `this pack is the app ${id}, and the settings are in local/ of ${adopted}: ${same}copy ` +
    `local/savedsearches.conf into the folder ${id}, and switch ${adopted} off`
  );
}

/** What the user should look at, and the saved searches that it is about. */
function concerns({
  matches,
  unnamed,
  local,
  lost,
  switchedOff,
  switchedOn,
}: Adoption): readonly (readonly [string, readonly string[]])[] {
  const hidden = local.filter(({ hidesSearch }) => hidesSearch).map(({ stanza }) => stanza);
  const delicate = local
    .filter((one) => one.delicate.length > 0)
    .map((one) => `${one.stanza}: ${one.delicate.join(', ')}`);
  return [
    [
      'without a rule here, which an update leaves out',
      matches.withoutRule.map(({ name }) => name),
    ],
    [
      'with a rule that another saved search has by better evidence',
      matches.second.map(({ stanza, rule }) => `${stanza.name}: ${rule.title}`),
    ],
    [
      'with a name that no pack can have, which becomes another one',
      unnamed.map(({ stanza }) => stanza.name),
    ],
    ['running now, and switched off in the pack (see `enable` and `overBudget`)', switchedOff],
    ['switched off now, and running with the pack', switchedOn],
    ['with settings in local/ that are lost, as no detection has the name', lost],
    ['with a search in local/, which hides that of the rule and of every update', hidden],
    [
      'with settings in local/ that were made for the search of before: compare the window ' +
        'and the fields of the results with the new one',
      delicate,
    ],
  ];
}

function settingLines({ stanza, settings, staying }: LocalSettings): readonly string[] {
  const yaml =
    Object.keys(settings).length === 0
      ? []
      : dump({ sigpack: settings }, { lineWidth: -1 }).trimEnd().split('\n');
  const stays = staying.length === 0 ? [] : [`# stays in local/: ${staying.join(', ')}`];
  return [`  ${visible(stanza)}`, ...[...yaml, ...stays].map((line) => `    ${visible(line)}`)];
}

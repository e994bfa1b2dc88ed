import { attackTactics, attackTechniques, tacticByShortName } from '../attack/names.ts';
import { attackReferences } from '../pack/model/attack-tags.ts';
import { didYouMean, nearest } from '../source/nearest.ts';
import type { YamlScalar } from '../source/yaml/tree.ts';
import { type Checked, entriesOf, type Report, repeated } from './check.ts';

/** Forms of tags by namespace, except `attack`. */
const forms: ReadonlyMap<string, RegExp> = new Map([
  ['car', /^\d{4}-\d{2}-\d{3}$/],
  ['cve', /^\d+-\d+$/],
  [
    'd3fend',
    /^(?:d3-[a-z0-9]+|d3f[:-][a-z0-9-]+|model|harden|detect|isolate|deceive|evict|restore)$/i,
  ],
  ['detection', /^(?:dfir|emerging-threats|threat-hunting)/],
  ['stp', /^[1-5][auk]?$/],
  ['tlp', /^(?:white|clear|green|amber|amber-strict|red)$/],
]);

export function checkTags({ rule, document, report }: Checked): void {
  const entries = entriesOf(document, 'tags');
  for (const entry of repeated(entries, ({ text }) => text.toLowerCase()))
    report('LNT013', entry, `tag \`${entry.text}\` appears twice`);
  for (const entry of entries) {
    const tag = entry.text.toLowerCase();
    const [namespace = '', ...rest] = tag.split('.');
    const form = forms.get(namespace);
    if (namespace === 'attack') checkAttack(rest.join('.'), entry, report);
    else if (!form) report('LNT012', entry, `\`${namespace}\` is not a namespace of tags`);
    else if (!form.test(rest.join('.')))
      report('LNT011', entry, `tag \`${entry.text}\` is none of ${namespace}`);
    if (namespace === 'tlp' && rest[0] !== 'clear')
      report('LNT039', entry, 'SigmaHQ publishes tlp.clear alone');
  }
  const reportHere = (message: string, hint?: string) =>
    report('LNT039', rule.titleSpan, message, hint);
  for (const namespace of ['detection', 'tlp'])
    if (entries.filter(({ text }) => text.startsWith(`${namespace}.`)).length > 1)
      reportHere(`the rule has several tags of ${namespace}`);
  const folder = /(?:^|\/)rules-(dfir|emerging-threats|threat-hunting)\//.exec(rule.file.path)?.[1];
  if (folder !== undefined && !entries.some(({ text }) => text === `detection.${folder}`))
    reportHere(`a rule in rules-${folder} has the tag detection.${folder}`, 'Add the tag.');
  checkTactics(entries, reportHere);
}

const tactics: ReadonlySet<string> = new Set(attackTactics.map(({ shortName }) => shortName));

/** Groups, software, data sources and mitigations are checked by form: there is no list of them. */
function checkAttack(name: string, entry: YamlScalar, report: Report): void {
  if (/^(?:[gsm]|ds)\d{4}$/.test(name)) return;
  const tactic = name.replaceAll('_', '-');
  if (tacticByShortName.has(tactic)) {
    if (!tactics.has(tactic))
      report(
        'LNT010',
        entry,
        `the tactic ${tactic} is gone`,
        'Since ATT&CK 19 it is stealth or defense-impairment.',
      );
    else if (name !== tactic)
      report(
        'LNT010',
        entry,
        `tactics are written with hyphens since Sigma 2`,
        `Write attack.${tactic}.`,
      );
    return;
  }
  const technique = attackTechniques().get(name.toUpperCase());
  if (!technique) {
    const [parent = ''] = name.toUpperCase().split('.');
    const known = attackTechniques().get(parent)?.name;
    const near = nearest(tactic, tactics);
    report(
      'LNT007',
      entry,
      `ATT&CK has no \`${name}\``,
      near !== undefined
        ? didYouMean(`attack.${near}`)
        : known === undefined || parent === name.toUpperCase()
          ? undefined
          : `${parent} is ${known}.`,
    );
  } else if (technique.deprecated) report('LNT010', entry, `${technique.id} is deprecated`);
  else if (technique.current !== technique.id)
    report(
      'LNT010',
      entry,
      `${technique.id} is ${technique.current} now`,
      `Write attack.${technique.current.toLowerCase()}.`,
    );
}

function checkTactics(
  entries: readonly YamlScalar[],
  reportHere: (message: string, hint: string) => void,
): void {
  const { tactics: given, techniques } = attackReferences(
    entries.map(({ text }) => text.toLowerCase()),
  );
  for (const id of techniques) {
    const wanted = attackTechniques().get(id)?.tactics ?? [];
    if (wanted.length > 0 && !wanted.some((tactic) => given.includes(tactic)))
      reportHere(`${id} has no tag of its tactic`, `Add attack.${wanted.join(' or attack.')}.`);
  }
}

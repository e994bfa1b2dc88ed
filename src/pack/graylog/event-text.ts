import { percentEncoded } from '../../source/char-escape.ts';
import type { PackDetection } from '../model/detection.ts';

/**
 * Plain text for the description of an event definition: what is detected, the references, the
 * author.
 */
export function eventDescription({ rule, attack }: PackDetection): string {
  const ids = [...attack.tactics, ...attack.techniques, ...attack.groups, ...attack.software];
  return paragraphs([
    rule.description?.trim() ?? '',
    list('References:', rule.references),
    ids.length === 0 ? '' : `ATT&CK: ${ids.join(', ')}`,
    ruleLine(rule),
  ]);
}

// the licence of public rule collections requires the author's name with the detection
function ruleLine(rule: PackDetection['rule']): string {
  const facts = [
    rule.id && `id ${rule.id}`,
    rule.status && `status ${rule.status}`,
    rule.author && `by ${rule.author}`,
    rule.license && `licence ${rule.license}`,
  ];
  const known = facts.filter((fact) => fact);
  return known.length === 0 ? '' : `Sigma rule: ${known.join(', ')}`;
}

/**
 * Markdown for the analyst who handles an alert. Texts of the settings are Markdown; texts of the
 * rule are escaped.
 */
export function remediationText({ rule, settings }: PackDetection): string {
  return paragraphs([
    (settings.graylog.remediation ?? settings.remediation)?.trim() ?? '',
    list('**False positives**\n', rule.falsepositives.map(plainMarkdown)),
    list('**References**\n', rule.references.map(linkMarkdown)),
  ]);
}

/** Without the characters that change the direction of a text: with them, it reads as another. */
const paragraphs = (parts: readonly string[]): string =>
  parts
    .map((part) => part.replace(/\p{Bidi_Control}/gu, ''))
    .filter((part) => part !== '')
    .join('\n\n');

function list(heading: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  let text = heading;
  for (const item of items)
    text += `\n- ${item.includes('\n') ? item.trim().replace(/\s+/g, ' ') : item}`;
  return text;
}

// Graylog's server cleans the text as HTML: it drops `<...>`, also links in angle brackets, and
// turns `&` into an entity. Existing entities stay
const plainMarkdown = (value: string): string =>
  value.replace(/[\\`*_[\]<>#|~&!$]/g, (char) => entities[char] ?? `\\${char}`);
const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

const linkMarkdown = (value: string): string =>
  /^https?:\/\/[^\s<>]+$/.test(value)
    ? `[${plainMarkdown(value)}](${linkTarget(value)})`
    : plainMarkdown(value);

/** Percent-encodes what Markdown could read as the end of a link or as markup in it. */
const linkTarget = (address: string): string =>
  address.replace(
    /[()[\]*\\`"'|$~!&\p{Bidi_Control}]/gu,
    (char) => entities[char] ?? percentEncoded(char),
  );

/** ATT&CK ids of the tactics that have a short name here; the newest ones are missing. */
export function tacticIds(names: readonly string[]): string[] {
  return names.flatMap((name) => tactics.get(name) ?? []);
}

const tactics: ReadonlyMap<string, string> = new Map([
  ['reconnaissance', 'TA0043'],
  ['resource-development', 'TA0042'],
  ['initial-access', 'TA0001'],
  ['execution', 'TA0002'],
  ['persistence', 'TA0003'],
  ['privilege-escalation', 'TA0004'],
  ['defense-evasion', 'TA0005'],
  ['credential-access', 'TA0006'],
  ['discovery', 'TA0007'],
  ['lateral-movement', 'TA0008'],
  ['collection', 'TA0009'],
  ['exfiltration', 'TA0010'],
  ['command-and-control', 'TA0011'],
  ['impact', 'TA0040'],
]);

import type { PackDetection, PackRule } from '../model/detection.ts';
import { confText, stanzaName } from '../render/conf-text.ts';

/** The texts of a rule as conf values, made once. */
export interface SearchTexts {
  readonly name: string;
  readonly description: string;
}

export const searchTexts = ({ name, rule }: PackDetection): SearchTexts => ({
  name: stanzaName(name),
  description: confText(rule.description ?? '') || confText(rule.title),
});

/** The description, and what else a list of saved searches should show. */
export function fullDescription(description: string, { rule, settings }: PackDetection): string {
  const falsePositives = falsePositivesOf(rule);
  let rest = '';
  if (falsePositives !== '') rest += ` False positives: ${sentence(falsePositives)}`;
  if (rule.author !== undefined) rest += ` Author: ${sentence(rule.author)}`;
  if (settings.owner !== undefined) rest += ` Owner: ${sentence(settings.owner)}`;
  // last, so that a full stop does not become part of a URL
  if (rule.references.length > 0) rest += ` References: ${rule.references.join(' , ')}`;
  if (rest === '') return description;
  // dropping characters may leave nothing of a description
  return description === '' ? confText(rest) : `${sentence(description)} ${confText(rest)}`;
}

/** As one text; empty if the rule has none. */
export const falsePositivesOf = ({ falsepositives }: Pick<PackRule, 'falsepositives'>): string =>
  falsepositives.filter((text) => text.trim() !== '').join('; ');

export function sentence(text: string): string {
  const trimmed = text.trim();
  const last = trimmed.at(-1) ?? '';
  return '.!?'.includes(last) ? trimmed : `${trimmed}.`;
}

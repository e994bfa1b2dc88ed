import type { SplunkDetection } from '../model/detection.ts';
import { confText, confValue } from '../render/conf-text.ts';
import { listedField } from './alert.ts';
import { drillDowns } from './es-drill-down.ts';
import { entitiesOf, namedFields, scoredEntity } from './es-entity.ts';
import { findingToken, labelled, withoutTokens } from './es-token.ts';
import { type SearchTexts, sentence } from './texts.ts';

/**
 * A finding, which an analyst triages; in Enterprise Security 7 a notable. It includes the risk of
 * its entity: the risk action would count it twice.
 */
export function addFinding(
  settings: Map<string, string>,
  texts: SearchTexts,
  search: SplunkDetection,
): void {
  const { detection } = search;
  const { severity, settings: own } = detection;
  const entities = entitiesOf(detection);
  settings.set('action.notable', '1');
  settings.set('action.notable.param.rule_title', titled(withoutTokens(texts.name), entities));
  settings.set(
    'action.notable.param.rule_description',
    described(withoutTokens(texts.description), namedFields(detection)),
  );
  settings.set('action.notable.param.security_domain', confValue(own.splunk.securityDomain));
  settings.set('action.notable.param.severity', severity);
  const [first] = entities;
  // only one: Enterprise Security makes a finding for each
  if (first !== undefined)
    settings.set(
      'action.notable.param._entities',
      JSON.stringify([scoredEntity(first, detection)]),
    );
  const steps = nextSteps(own.remediation ?? '');
  if (steps !== undefined) settings.set('action.notable.param.next_steps', steps);
  if (entities.length > 0)
    settings.set(
      'action.notable.param.nes_fields',
      confValue(entities.map(({ field }) => listedField(field)).join(',')),
    );
  const searches = drillDowns(texts.name, search);
  if (searches.length > 0)
    settings.set('action.notable.param.drilldown_searches', JSON.stringify(searches));
}

/** A list of findings distinguishes them by their entities. */
function titled(name: string, entities: readonly { readonly field: string }[]): string {
  const tokens = entities.flatMap(({ field }) => findingToken(field) ?? []);
  return tokens.length === 0 ? name : `${name}: ${tokens.join(', ')}`;
}

function described(description: string, fields: readonly string[]): string {
  const found = fields.flatMap((field) => labelled(field, findingToken(field)));
  if (found.length === 0) return description;
  // dropping characters may leave nothing of a description
  return `${sentence(description)} Found: ${found.join(', ')}`.trimStart();
}

/**
 * As Enterprise Security's editor writes it. `[[action|...]]` would offer an action to run, which
 * texts of a rule must not.
 */
function nextSteps(text: string): string | undefined {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => withoutTokens(confText(line)).replace(/\[(?=\[)/g, '[ '));
  const data = lines.join('\n').trim();
  return data === '' ? undefined : JSON.stringify({ version: 1, data });
}

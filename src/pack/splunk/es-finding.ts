import type { Entity } from '../alert/fields.ts';
import type { PackDetection, SplunkDetection } from '../model/detection.ts';
import { confText, confValue } from '../render/conf-text.ts';
import { listedField } from './alert.ts';
import { type DrillDown, drillDowns } from './es-drill-down.ts';
import { entitiesOf, namedFields, scoredEntity } from './es-entity.ts';
import { findingToken, labelled, withoutTokens } from './es-token.ts';
import { type SearchTexts, sentence } from './texts.ts';

/** What a finding says and offers. Texts have no other tokens than those that are meant. */
export interface FindingTexts {
  /** Its entities follow it. */
  readonly title: string;
  readonly description: string;
  readonly nextSteps?: string | undefined;
  /** As `listedField` writes them. */
  readonly columns: readonly string[];
  readonly searches: readonly DrillDown[];
}

/**
 * A finding, which an analyst triages; in Enterprise Security 7 a notable. It includes the risk of
 * its entity: the risk action would count it twice.
 */
export function addFinding(
  settings: Map<string, string>,
  detection: PackDetection,
  { title, description, nextSteps, columns, searches }: FindingTexts,
): void {
  const { severity, settings: own } = detection;
  const entities = entitiesOf(detection);
  settings.set('action.notable', '1');
  settings.set('action.notable.param.rule_title', titled(title, entities));
  settings.set('action.notable.param.rule_description', description);
  settings.set('action.notable.param.security_domain', confValue(own.splunk.securityDomain));
  settings.set('action.notable.param.severity', severity);
  const [first] = entities;
  // only one: Enterprise Security makes a finding for each
  if (first !== undefined)
    settings.set(
      'action.notable.param._entities',
      JSON.stringify([scoredEntity(first, detection)]),
    );
  if (nextSteps !== undefined) settings.set('action.notable.param.next_steps', nextSteps);
  if (columns.length > 0)
    settings.set('action.notable.param.nes_fields', confValue(columns.join(',')));
  if (searches.length > 0)
    settings.set('action.notable.param.drilldown_searches', JSON.stringify(searches));
}

/** What a finding of the search of a single detection says. */
export function findingTexts(texts: SearchTexts, search: SplunkDetection): FindingTexts {
  const { detection } = search;
  const description = withoutTokens(texts.description);
  const found = foundText(detection);
  return {
    title: withoutTokens(texts.name),
    // dropping characters may leave nothing of a description
    description: found === '' ? description : `${sentence(description)} ${found}`.trimStart(),
    nextSteps: nextStepsText(detection.settings.remediation ?? ''),
    columns: entityColumns(detection),
    searches: drillDowns(texts.name, search),
  };
}

/** Columns of a list of findings. */
export const entityColumns = (detection: PackDetection): readonly string[] =>
  entitiesOf(detection).map(({ field }) => listedField(field));

/** `Found: User=$User$`; empty if no token can refer to one of the fields. */
export function foundText(detection: PackDetection): string {
  const found = namedFields(detection).flatMap((field) => labelled(field, findingToken(field)));
  return found.length === 0 ? '' : `Found: ${found.join(', ')}`;
}

/** A list of findings distinguishes them by their entities. */
function titled(name: string, entities: readonly Entity[]): string {
  const tokens = entities.flatMap(({ field }) => findingToken(field) ?? []);
  return tokens.length === 0 ? name : `${name}: ${tokens.join(', ')}`;
}

/**
 * As Enterprise Security's editor writes it. `[[action|...]]` would offer an action to run, which
 * texts of a rule must not.
 */
function nextStepsText(text: string): string | undefined {
  const lines = text
    .trim()
    .split('\n')
    .map((line) => withoutTokens(confText(line)).replace(/\[(?=\[)/g, '[ '));
  const data = lines.join('\n').trim();
  return data === '' ? undefined : JSON.stringify({ version: 1, data });
}

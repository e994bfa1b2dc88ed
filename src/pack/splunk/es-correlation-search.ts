import { killChainPhases } from '../../attack/kill-chain.ts';
import { plural } from '../../source/plural.ts';
import type { PackDetection, PackInfo, SplunkDetection } from '../model/detection.ts';
import { confText } from '../render/conf-text.ts';
import { falsePositivesOf } from './texts.ts';

/**
 * What lists of detections show of it, whatever its output. `dataNeeded`: what must be collected
 * for it.
 */
export function addCorrelationSearch(
  settings: Map<string, string>,
  name: string,
  search: SplunkDetection,
  { info, dataNeeded }: { readonly info: PackInfo; readonly dataNeeded: readonly string[] },
): void {
  const { detection } = search;
  addSearchAction(settings, name, annotationsOf(detection, info), metadataOf(detection));
  addGuidance(settings, name, search, dataNeeded);
}

export function addSearchAction(
  settings: Map<string, string>,
  label: string,
  annotations: Readonly<Record<string, readonly string[]>>,
  metadata: Readonly<Record<string, string>>,
): void {
  settings.set('action.correlationsearch.enabled', '1');
  settings.set('action.correlationsearch.label', label);
  settings.set('action.correlationsearch.annotations', JSON.stringify(annotations));
  settings.set('action.correlationsearch.detection_type', 'ebd');
  settings.set('action.correlationsearch.metadata', JSON.stringify(metadata));
}

function annotationsOf(
  { rule, attack }: PackDetection,
  info: PackInfo,
): Readonly<Record<string, readonly string[]>> {
  const cve = rule.tags
    .filter((tag) => /^cve\.\d{4}[-.]\d+$/i.test(tag))
    .map((tag) => tag.replace('.', '-').replace('.', '-').toUpperCase());
  const phases = killChainPhases(attack.tactics);
  return {
    analytic_story: [confText(info.title)],
    ...(attack.techniques.length > 0 ? { mitre_attack: attack.techniques } : {}),
    ...(phases.length > 0 ? { kill_chain_phases: phases } : {}),
    ...(cve.length > 0 ? { cve } : {}),
  };
}

function metadataOf({ rule, id }: PackDetection): Readonly<Record<string, string>> {
  // the day of the last change is a version that only changes with the rule, and grows
  const version = (rule.modified ?? rule.date ?? '').replace(/\D/g, '') || '1';
  return {
    deprecated: rule.status === 'deprecated' ? '1' : '0',
    detection_id: confText(id),
    detection_version: version,
  };
}

/** Only the keys of Splunk's content updates have a place for it. The action itself stays off. */
function addGuidance(
  settings: Map<string, string>,
  name: string,
  { detection, scopes, dataModel }: SplunkDetection,
  dataNeeded: readonly string[],
): void {
  const { rule } = detection;
  settings.set('action.escu', '0');
  settings.set('action.escu.enabled', '1');
  settings.set('action.escu.full_search_name', name);
  settings.set('action.escu.search_type', 'detection');
  if (dataModel !== undefined) settings.set('action.escu.data_models', JSON.stringify([dataModel]));
  const macros = [...new Set(scopes.map(({ macro }) => macro))];
  const places = [
    ...(macros.length === 0
      ? []
      : [
          `The search finds its events by the ${plural(macros.length, 'macro')} ` +
            `${macros.join(', ')}: define where they are.`,
        ]),
    ...(dataModel === undefined ? [] : [`The events must be in the data model ${dataModel}.`]),
  ];
  const needed =
    dataNeeded.length === 0
      ? []
      : [`Collect these data. ${dataNeeded.map((one) => `${one}.`).join(' ')}`];
  settings.set(
    'action.escu.how_to_implement',
    confText([...places, ...needed].join(' ')) || 'The search needs no setup.',
  );
  settings.set(
    'action.escu.known_false_positives',
    confText(falsePositivesOf(rule)) || 'None known.',
  );
  const [created, changed] = [rule.date ?? rule.modified, rule.modified ?? rule.date];
  if (created !== undefined) settings.set('action.escu.creation_date', confText(created));
  if (changed !== undefined) settings.set('action.escu.modification_date', confText(changed));
}

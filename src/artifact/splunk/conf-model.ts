import { cronError } from '../../pack/cron/cron-check.ts';
import { cronGap } from '../../pack/cron/gaps.ts';
import type { SplunkDetection } from '../../pack/model/detection.ts';
import type { ConfModel } from '../../pack/render/conf-reader.ts';
import {
  confError,
  confText,
  isConfKey,
  stanzaKey,
  stanzaName,
} from '../../pack/render/conf-text.ts';
import { noGroups } from '../../pack/splunk/grouped/groups.ts';
import { deliveredMacros } from '../../pack/splunk/grouped/macros.ts';
import { cronOf } from '../../pack/splunk/schedule.ts';
import type { SplunkAppInput } from './app-input.ts';
import type { AppContext } from './template-context.ts';

export type Settings = ReadonlyMap<string, string>;

/** The intended content of a conf file, and what can't be written as meant. */
export interface Modelled<Model> {
  readonly model: Model;
  readonly reasons: readonly string[];
}

export interface SearchStanza {
  /** The detection's id as a conf value. */
  readonly id: string;
  readonly search: SplunkDetection;
}

/** `savedsearches.conf`: stanzas by name, sorted. */
export function searchModel({
  detections,
  groups: { groups } = noGroups,
}: SplunkAppInput): Modelled<ReadonlyMap<string, SearchStanza>> {
  const reasons = groups.flatMap(({ name, search }) => {
    const reason = confError(search);
    return reason === undefined ? [] : [`default/savedsearches.conf: [${name}] search ${reason}`];
  });
  const stanzas: (readonly [string, SearchStanza])[] = [];
  const names = new Set<string>();
  for (const detection of detections) {
    const name = stanzaName(detection.detection.name);
    const key = stanzaKey(name);
    const reason = names.has(key) ? 'has the name of another detection' : searchError(detection);
    if (reason === undefined) {
      names.add(key);
      stanzas.push([name, { id: confText(detection.detection.id), search: detection }]);
    } else reasons.push(`default/savedsearches.conf: [${name}] ${reason}`);
  }
  return { model: new Map(stanzas.sort((a, b) => (a[0] < b[0] ? -1 : 1))), reasons };
}

function searchError(detection: SplunkDetection): string | undefined {
  const search = confError(detection.search.trim());
  if (search !== undefined) return `search ${search}`;
  const own = detection.detection.settings.cron ?? cronOf(detection.detection);
  const cron =
    cronError(own) ??
    (detection.detection.settings.cron !== undefined && cronGap(own) === undefined
      ? 'never runs'
      : undefined);
  if (cron !== undefined) return `cron expression "${own}" ${cron}`;
  for (const [key, value] of Object.entries(detection.detection.settings.splunk.savedsearch)) {
    if (!isConfKey(key)) return `setting ${JSON.stringify(key)} is not a name of a setting`;
    const reason = confError(value);
    if (reason !== undefined) return `${key} ${reason}`;
  }
  return undefined;
}

/**
 * `macros.conf`: the pack's macros, then a filter macro for each detection, which an admin
 * overrides in local/.
 */
export function macroModel({
  macros,
  detections,
  groups: { macros: ofGroups } = noGroups,
}: SplunkAppInput): Modelled<ConfModel> {
  const reasons: string[] = [];
  const model = new Map<string, ReadonlyMap<string, string>>();
  for (const { name, definition, comment } of macros) {
    const reason = confError(definition);
    if (reason !== undefined)
      reasons.push(`default/macros.conf: [${stanzaName(name)}] definition ${reason}`);
    else model.set(stanzaName(name), macroSettings(definition.trim(), confText(comment)));
  }
  if (ofGroups) {
    const names = new Map(detections.map(({ detection }) => [detection.id, detection.name]));
    for (const { name, definition, comment } of deliveredMacros(
      ofGroups,
      (id) => names.get(id) ?? '',
    ))
      model.set(stanzaName(name), macroSettings(definition, confText(comment)));
  }
  const filters = detections.map(
    ({ detection, filterMacro }) => [stanzaName(filterMacro), detection.name] as const,
  );
  for (const [name, detection] of filters.sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    if (!model.has(name))
      model.set(
        name,
        macroSettings('search *', confText(`Leaves out false positives of: ${detection}`)),
      );
  }
  return { model, reasons };
}

const macroSettings = (definition: string, description: string): Settings =>
  new Map([
    ['definition', definition],
    ['description', description],
    ['iseval', '0'],
  ]);

/** `app.conf`. */
export const appModel = (context: AppContext): ConfModel =>
  new Map([
    ['id', new Map(Object.entries({ name: context.id, version: context.version }))],
    ['install', new Map(Object.entries({ is_configured: '0', build: String(context.revision) }))],
    [
      'launcher',
      new Map(
        Object.entries({
          version: context.version,
          author: context.author,
          description: context.description,
        }),
      ),
    ],
    ['package', new Map(Object.entries({ id: context.id, check_for_updates: '0' }))],
    ['ui', new Map(Object.entries({ is_visible: '1', label: context.label }))],
  ]);

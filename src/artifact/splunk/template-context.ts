import { type DetectionPage, searchedData } from '../../docs/detection-page.ts';
import type { PackDetection } from '../../pack/model/detection.ts';
import { tombstoneSettings } from '../../pack/naming/tombstone.ts';
import type { ConfModel } from '../../pack/render/conf-reader.ts';
import { confText, stanzaName } from '../../pack/render/conf-text.ts';
import { dashboardSearches, entityFields } from '../../pack/splunk/dashboard.ts';
import { noGroups } from '../../pack/splunk/grouped/groups.ts';
import { groupSettings } from '../../pack/splunk/grouped/stanza.ts';
import { type SavedSearchOptions, savedSearchSettings } from '../../pack/splunk/savedsearch.ts';
import type { SplunkAppInput } from './app-input.ts';
import { attackCoverage, coverageColumns, tacticFilter, tacticTitle } from './attack-coverage.ts';
import type { SearchStanza, Settings } from './conf-model.ts';
import { detectionRow, pageRow } from './lookup-rows.ts';

/**
 * The context of all templates. All strings are one line and pass AppInspect, so a template can
 * print them anywhere in a conf file. `onSettings` receives settings that are made on demand.
 */
export function appContext(
  input: SplunkAppInput,
  searches: ReadonlyMap<string, SearchStanza>,
  macros: ConfModel,
  onSettings: OnSettings,
) {
  const { info, enterpriseSecurity = false, summaryIndex, groups = noGroups } = input;
  const pages = new Map(input.pages?.map((page) => [page.id, page]));
  const stanzas = [...searches.values()];
  const detections = stanzas.map(({ search }) => search.detection);
  const rows = [...searches].map(([name, stanza]) => detectionRow(name, stanza, groups));
  return {
    id: info.id,
    summaryIndex: summaryIndex ?? '',
    searches: dashboardSearches({
      id: info.id,
      enterpriseSecurity,
      summaryIndex,
      entityFields: [...new Set(detections.flatMap(entityFields))].sort(),
      groups: groups.nameStart,
    }),
    title: confText(info.title),
    label: appLabel(confText(info.title)),
    version: info.version,
    description: confText(info.description),
    author: confText(info.author),
    vendor: confText(info.vendor),
    url: confText(info.url),
    license: confText(info.license),
    revision: info.revision,
    enterpriseSecurity,
    tuning: groups.macros && { rows: groups.macros.rows, severity: groups.macros.severity },
    stanzas: stanzasOf(input, searches, pages, onSettings),
    macros: [...macros].map(([name, settings]) => ({ name, settings })),
    packMacros: input.macros.map(({ name, definition, comment }) => ({
      name: stanzaName(name),
      definition: confText(definition),
      comment: confText(comment),
    })),
    detections: rows,
    pages: stanzas.map((stanza) => pageRow(stanza, pages.get(stanza.search.detection.id))),
    ...attackContext(detections, input.attackNames),
    counts: {
      detections: searches.size,
      enabled: rows.filter(({ enabled }) => enabled === 1).length,
      groups: groups.groups.length,
      grouped: groups.groupOf.size,
    },
  };
}

export type AppContext = ReturnType<typeof appContext>;

type OnSettings = (name: string, settings: Settings) => void;

/** The stanzas of the detections, then those of retired ones. */
function stanzasOf(
  input: SplunkAppInput,
  searches: ReadonlyMap<string, SearchStanza>,
  pages: ReadonlyMap<string, DetectionPage>,
  onSettings: OnSettings,
) {
  const { groups, groupOf } = input.groups ?? noGroups;
  const options: SavedSearchOptions = {
    info: input.info,
    enterpriseSecurity: input.enterpriseSecurity === true,
    summaryIndex: input.summaryIndex,
    dataNeeded: ({ detection, scopes }) => searchedData(pages.get(detection.id), scopes),
    groupOf,
  };
  const stanzaOf = (name: string, id: string, settingsOf: () => Settings) => {
    // the output of custom templates is read back, which needs all settings once more
    if (!input.templatesAreOurs) return { name, id, settings: settingsOf() };
    return lazyStanza(name, id, () => {
      const settings = settingsOf();
      onSettings(name, settings);
      return settings;
    });
  };
  return [
    ...[...searches].map(([name, { id, search }]) =>
      stanzaOf(name, id, () => savedSearchSettings(search, options)),
    ),
    ...groups.map((group) =>
      stanzaOf(group.name, `group ${group.id}`, () => groupSettings(group, options)),
    ),
    ...(input.tombstones ?? []).map((one) =>
      stanzaOf(stanzaName(one.name), confText(one.id), () => tombstoneSettings(one)),
    ),
  ];
}

/**
 * Its settings are only made when a template asks for them: all at once, those of thousands of
 * stanzas would take the most memory of a build.
 */
const lazyStanza = (name: string, id: string, settingsOf: () => Settings) => ({
  name,
  id,
  get settings(): Settings {
    return settingsOf();
  },
});

/** Which techniques the detections cover. */
function attackContext(
  detections: readonly PackDetection[],
  names: ReadonlyMap<string, string> | undefined,
) {
  const coverage = attackCoverage(detections);
  return {
    coverage: coverage.map((cell) => ({
      ...cell,
      tactic: tacticTitle(cell.tactic),
      name: confText(names?.get(cell.technique) ?? ''),
    })),
    tactics: coverageColumns(coverage).map(tacticTitle),
    tacticFilter: tacticFilter(detections),
  };
}

/** AppInspect wants 5 to 80 characters. */
function appLabel(title: string): string {
  if (title.length > 80) return `${title.slice(0, 79).trimEnd()}\u2026`;
  return title.length < 5 ? `${title} detections`.trim() : title;
}

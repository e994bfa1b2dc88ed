import { type DetectionPage, searchedData } from '../docs/detection-page.ts';
import { runsInSplunk } from '../pack/config/enabled.ts';
import type { PackFile, PackInfo, SearchMacro, SplunkDetection } from '../pack/model/detection.ts';
import { type Tombstone, tombstoneSettings } from '../pack/naming/tombstone.ts';
import { compareConf, misread } from '../pack/render/conf-difference.ts';
import type { ConfModel } from '../pack/render/conf-reader.ts';
import {
  confError,
  confText,
  isConfKey,
  stanzaKey,
  stanzaName,
  unflaggedLines,
} from '../pack/render/conf-text.ts';
import type { Renderer } from '../pack/render/template.ts';
import { cronError, cronGap } from '../pack/settings/schedule.ts';
import { dashboardSearches, entityFields } from '../pack/splunk/dashboard.ts';
import { type SavedSearchOptions, savedSearchSettings } from '../pack/splunk/savedsearch.ts';
import { cronOf } from '../pack/splunk/schedule.ts';
import { percentEncoded } from '../source/char-escape.ts';
import { attackCoverage, coverageColumns, tacticFilter, tacticTitle } from './attack-coverage.ts';

export interface SplunkAppInput {
  readonly info: PackInfo;
  readonly detections: readonly SplunkDetection[];
  /** Index macros and others that searches call; the filter macros are made here. */
  readonly macros: readonly SearchMacro[];
  readonly enterpriseSecurity?: boolean;
  /** Stanzas of retired detections. */
  readonly tombstones?: readonly Tombstone[];
  readonly render: Renderer;
  /**
   * The templates are those that Sigpack's tests read back: their settings are checked instead,
   * which costs a fifth of it.
   */
  readonly templatesAreOurs?: boolean;
  /** Bytes of files that are no templates: `splunk/static/appIcon.png`. */
  readonly assets: ReadonlyMap<string, Uint8Array>;
  /** ATT&CK technique id to its name. */
  readonly attackNames?: ReadonlyMap<string, string>;
  /** Index that keeps the results of alerts; default: none. */
  readonly summaryIndex?: string | undefined;
  /** What the app's view shows of a detection beyond its rule's head. */
  readonly pages?: readonly DetectionPage[];
}

export interface SplunkApp {
  /** Paths start with the app's folder; sorted. */
  readonly files: readonly PackFile[];
  /** What could not be written as meant. A detection named here is not in the app. */
  readonly reasons: readonly string[];
}

/** Templates of the app: `splunk/<path>.hbs`. */
const templatePaths = [
  'README.md',
  'app.manifest',
  'default/app.conf',
  'default/data/ui/nav/default.xml',
  'default/data/ui/views/detection.xml',
  'default/data/ui/views/inventory.xml',
  'default/data/ui/views/overview.xml',
  'default/macros.conf',
  'default/savedsearches.conf',
  'default/transforms.conf',
  'lookups/attack.csv',
  'lookups/detections.csv',
  'lookups/pages.csv',
  'metadata/default.meta',
] as const;

const assetPaths = ['static/appIcon.png', 'static/appIcon_2x.png'];

/** Names of the templates and assets that `renderSplunkApp` asks for. */
export const splunkAppSources: readonly string[] = [
  ...templatePaths.map((path) => `splunk/${path}.hbs`),
  ...assetPaths.map((path) => `splunk/${path}`),
];

/**
 * Paths below the app's folder of all that it ever holds: a template of the user's own takes the
 * place of one of these.
 */
export const splunkAppPaths = (id: string): readonly string[] =>
  [...templatePaths, ...assetPaths].map((path) => appPath(id, path).slice(id.length + 1));

/**
 * Renders the app's files and finds out what Splunk would read otherwise in a conf file than what
 * was meant.
 */
export function renderSplunkApp(input: SplunkAppInput): SplunkApp {
  const reasons: string[] = [];
  const soundKeys = new Set<string>();
  const searches = searchModel(input, reasons);
  const macros = macroModel(input, reasons);
  const sound = (path: string, name: string, settings: Settings): void => {
    reasons.push(...misread(name, settings, soundKeys).map((reason) => `${path}: ${reason}`));
  };
  const context = appContext(input, searches, macros, (name, settings) =>
    sound('default/savedsearches.conf', name, settings),
  );
  const files: PackFile[] = [];
  const models: Readonly<Record<string, () => ConfModel>> = {
    'default/app.conf': () => appModel(context),
    'default/macros.conf': () => macros,
    'default/savedsearches.conf': () =>
      new Map(context.stanzas.map(({ name, settings }) => [name, settings])),
  };
  for (const path of templatePaths) {
    const content = input.render.bytes(`splunk/${path}.hbs`, context);
    const model = input.templatesAreOurs ? undefined : models[path]?.();
    // every value was made one line before it came here, so what is there beyond the model is the
    // template's own doing
    if (model)
      reasons.push(
        ...compareConf(model, Buffer.from(content).toString(), 'allow').map(
          (difference) => `${path}: ${difference}`,
        ),
      );
    files.push({ path: appPath(input.info.id, path), content });
  }
  if (input.templatesAreOurs) {
    for (const [path, model] of Object.entries({
      'default/app.conf': appModel(context),
      'default/macros.conf': macros,
    }))
      for (const [name, settings] of model) sound(path, name, settings);
  }
  for (const path of assetPaths) {
    const content = input.assets.get(`splunk/${path}`);
    if (content === undefined) reasons.push(`${path}: there is no such asset`);
    else files.push({ path: `${input.info.id}/${path}`, content });
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), reasons };
}

// lookups of all apps share one name space once exported
const appPath = (id: string, path: string): string =>
  path.startsWith('lookups/') ? `${id}/lookups/${id}_${path.slice(8)}` : `${id}/${path}`;

interface SearchStanza {
  /** The detection's id as a conf value. */
  readonly id: string;
  readonly search: SplunkDetection;
}

/** Stanzas by name, sorted. */
function searchModel(
  { detections }: SplunkAppInput,
  reasons: string[],
): ReadonlyMap<string, SearchStanza> {
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
  return new Map(stanzas.sort((a, b) => (a[0] < b[0] ? -1 : 1)));
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
    if (!isConfKey(key)) return `setting ${JSON.stringify(key)} is no name of a setting`;
    const reason = confError(value);
    if (reason !== undefined) return `${key} ${reason}`;
  }
  return undefined;
}

/** The pack's macros, then a filter macro a detection, which an admin overrides in local/. */
function macroModel({ macros, detections }: SplunkAppInput, reasons: string[]): ConfModel {
  const model = new Map<string, ReadonlyMap<string, string>>();
  for (const { name, definition, comment } of macros) {
    const reason = confError(definition);
    if (reason !== undefined)
      reasons.push(`default/macros.conf: [${stanzaName(name)}] definition ${reason}`);
    else model.set(stanzaName(name), macroSettings(definition.trim(), confText(comment)));
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
  return model;
}

const macroSettings = (definition: string, description: string): ReadonlyMap<string, string> =>
  new Map([
    ['definition', definition],
    ['description', description],
    ['iseval', '0'],
  ]);

type AppContext = ReturnType<typeof appContext>;

type Settings = ReadonlyMap<string, string>;

/**
 * Its settings are made when a template asks for them: those of thousands of stanzas at once would
 * take the most memory of a build.
 */
const lazyStanza = (name: string, id: string, settingsOf: () => Settings) => ({
  name,
  id,
  get settings(): Settings {
    return settingsOf();
  },
});

/**
 * What every template is given. All strings are one line and pass AppInspect, so a template may
 * print them anywhere in a conf file.
 */
function appContext(
  input: SplunkAppInput,
  searches: ReadonlyMap<string, SearchStanza>,
  macros: ConfModel,
  /** Told of settings that are made late. */
  onSettings: (name: string, settings: Settings) => void,
) {
  const { info } = input;
  const stanzaOf = (name: string, id: string, make: () => Settings) => {
    // what templates of the user's own gave is read back, for which all are asked for once more
    if (!input.templatesAreOurs) return { name, id, settings: make() };
    return lazyStanza(name, id, () => {
      const settings = make();
      onSettings(name, settings);
      return settings;
    });
  };
  const pages = new Map(input.pages?.map((page) => [page.id, page]));
  const options: SavedSearchOptions = {
    info,
    enterpriseSecurity: input.enterpriseSecurity === true,
    summaryIndex: input.summaryIndex,
    dataNeeded: ({ detection, scopes }) => searchedData(pages.get(detection.id), scopes),
  };
  const stanzas = [
    ...[...searches].map(([name, { id, search }]) =>
      stanzaOf(name, id, () => savedSearchSettings(search, options)),
    ),
    ...(input.tombstones ?? []).map((one) =>
      stanzaOf(stanzaName(one.name), confText(one.id), () => tombstoneSettings(one)),
    ),
  ];
  const detections = [...searches].map(([name, stanza]) => lookupRow(name, stanza));
  const coverage = attackCoverage([...searches.values()].map(({ search }) => search.detection));
  const { enterpriseSecurity, summaryIndex } = options;
  const fields = new Set(
    [...searches.values()].flatMap(({ search }) => entityFields(search.detection)),
  );
  return {
    id: info.id,
    summaryIndex: summaryIndex ?? '',
    searches: dashboardSearches({
      id: info.id,
      enterpriseSecurity,
      summaryIndex,
      entityFields: [...fields].sort(),
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
    enterpriseSecurity: options.enterpriseSecurity,
    stanzas,
    macros: [...macros].map(([name, settings]) => ({ name, settings })),
    packMacros: input.macros.map(({ name, definition, comment }) => ({
      name: stanzaName(name),
      definition: confText(definition),
      comment: confText(comment),
    })),
    detections,
    pages: [...searches.values()].map((stanza) =>
      pageRow(stanza, pages.get(stanza.search.detection.id)),
    ),
    coverage: coverage.map((cell) => ({
      ...cell,
      tactic: tacticTitle(cell.tactic),
      name: confText(input.attackNames?.get(cell.technique) ?? ''),
    })),
    tactics: coverageColumns(coverage).map(tacticTitle),
    tacticFilter: tacticFilter([...searches.values()].map(({ search }) => search.detection)),
    counts: {
      detections: searches.size,
      enabled: detections.filter(({ enabled }) => enabled === 1).length,
    },
  };
}

/** AppInspect wants 5 to 80 characters. */
function appLabel(title: string): string {
  if (title.length > 80) return `${title.slice(0, 79).trimEnd()}\u2026`;
  return title.length < 5 ? `${title} detections`.trim() : title;
}

const appModel = (context: AppContext): ConfModel =>
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

/** A list in a cell of a lookup: parted by `|`, which a value has no more. */
const list = (values: readonly string[]): string =>
  confText(values.map((value) => value.replaceAll('|', '%7C')).join('|'));

/** A row of the lookup of detections. */
function lookupRow(name: string, { id, search: { detection } }: SearchStanza) {
  const { rule, attack, logSources, severity } = detection;
  const links = rule.references.flatMap((reference) => webLink(reference) ?? []);
  return {
    name,
    id,
    title: confText(rule.title),
    severity,
    status: rule.status ?? 'unknown',
    enabled: runsInSplunk(detection) ? 1 : 0,
    tactics: list(attack.tactics.map(tacticTitle)),
    techniques: list(attack.techniques),
    log_source: list(
      logSources.map(({ product, category, service }) =>
        [product, category, service].filter((part) => part !== undefined).join('/'),
      ),
    ),
    cron: cronOf(detection),
    author: confText(rule.author ?? ''),
    reference: links[0] ?? '',
    references: list(rule.references),
    links: links.join('|'),
    entities: list(entityFields(detection)),
  };
}

/** A row of the lookup that the view of a detection reads. Lines of the rule stay lines. */
function pageRow(
  {
    id,
    search: {
      detection: { rule, settings },
      scopes,
    },
  }: SearchStanza,
  page: DetectionPage | undefined,
) {
  return {
    id,
    description: confText(rule.description ?? ''),
    false_positives: list(rule.falsepositives),
    what_to_do: unflaggedLines(settings.remediation ?? '').trim(),
    data_needed: list(searchedData(page, scopes)),
    rule: unflaggedLines(page?.source ?? ''),
  };
}

// what could end a link, a cell or a token, and what reads as another
const unsafeInLink = /[\s"'<>`\\|$()[\]{}^\p{Cc}\p{Cf}\p{Cs}]/gu;

// what most addresses are: nothing to escape
const plainLink = /^https?:\/\/[a-zA-Z0-9][\w.:-]*(?:[/?#][\w!#%&*+,./:;=?@~-]*)?$/;

/**
 * An http or https address that the dashboard may open; undefined for others, for one with a user,
 * and for one that AppInspect would take for a host.
 */
function webLink(reference: string): string | undefined {
  const address = reference.trim();
  if (plainLink.test(address)) return confText(address) === address ? address : undefined;
  if (!/^https?:\/\/[a-z0-9][^\s/?#@\\]*(?:[/?#]|$)/i.test(address)) return undefined;
  const link = address
    .toWellFormed()
    .replace(/^https?:/i, (scheme) => scheme.toLowerCase())
    .replace(unsafeInLink, percentEncoded);
  return confText(link) === link ? link : undefined;
}

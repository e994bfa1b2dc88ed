import type { RegisteredTarget } from '../src/backend/registry.ts';
import { loadPipelines } from '../src/cli/project/pipeline-files.ts';
import { targetSettings } from '../src/convert/target-settings.ts';
import { defaultConfig } from '../src/pack/config/config.ts';
import { eventDefinitions } from '../src/pack/graylog/event-definition.ts';
import { indexMacros } from '../src/pack/index-macro.ts';
import { assemblePack, type Pack } from '../src/pack/pack.ts';
import { createTargetCompiler } from '../src/pipeline/run/target-compiler.ts';
import type { Collection } from '../src/sigma/collection/collection.ts';
import type { Pattern } from '../src/sigma/value/pattern.ts';
import { perName } from '../src/source/cache.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileSpl } from './judges/spl/spl.ts';
import { readElasticsearch, readLucene } from './lucene-reader.ts';
import { esQs, graylog, xpackWatcher } from './registered.ts';
import { valueIfOk } from './result.ts';

/** Rules and the values of their placeholders. */
export interface Rules {
  readonly collection: Collection;
  readonly placeholders: ReadonlyMap<string, readonly Pattern[]>;
}

export interface BlankHits {
  /** Queries and definitions that were run. */
  readonly asked: number;
  /** Rules left out since they would find such events. */
  readonly refused: number;
  /** Those that find an event with nothing of any rule. */
  readonly wrong: readonly string[];
}

const luceneEvent = { message: 'hello world', source: 'host1' };
const splunkEvents = [0, 1, 2].map((second) => ({
  _raw: 'hello world',
  _time: 1_764_137_487 + second,
  host: 'host1',
  source: 'file1',
  sourcetype: 'type1',
  index: 'main',
}));
const none = '';
/** The bundles of pipelines of each target; the first is none at all. */
const graylogBundles = [none, 'graylog', 'graylog-nxlog', 'graylog-illuminate'];
const splunkBundles = [none, 'splunk', 'splunk-classic', 'splunk-audit'];
const elasticBundles = [none, 'elastic'];
const luceneBundles: readonly (readonly [RegisteredTarget, readonly string[]])[] = [
  [graylog, graylogBundles],
  [esQs, elasticBundles],
  [xpackWatcher, elasticBundles],
];
const packBundles = [
  ['graylog', graylogBundles],
  ['splunk', splunkBundles],
] as const;

/** Counts what is asked; the same text is run once. */
class Tally implements BlankHits {
  asked = 0;
  refused = 0;
  readonly wrong: string[] = [];

  ask(what: string, finds: () => boolean): void {
    this.asked++;
    if (finds()) this.wrong.push(what);
  }
}

/** Several bundles and targets give the same query. */
const inGraylog = perName((query) => readLucene(query).matches(luceneEvent));
const inElasticsearch = perName((query) => readElasticsearch(query).matches(luceneEvent));
const inSplunk = perName(
  (search) => compileSpl(search, { nulls: 'unknown' }).run(splunkEvents).length > 0,
);

const pipelinesOf = (bundle: string) =>
  bundle === none ? [] : loadPipelines([bundle], '.', createBag());

/** What has one place in the list of bundles of each target: it is compiled together. */
function sideBySide<T>(
  bundles: readonly (readonly [T, readonly string[]])[],
): readonly (readonly (readonly [T, string])[])[] {
  const most = Math.max(...bundles.map(([, names]) => names.length));
  return Array.from({ length: most }, (_, at) =>
    bundles.flatMap(([target, names]): readonly (readonly [T, string])[] => {
      const name = names[at];
      return name === undefined ? [] : [[target, name]];
    }),
  );
}

/**
 * Every query for a Lucene target of the rules, through each bundle, asked of an event that has
 * nothing of any rule. `every`: through each bundle go one of so many rules.
 */
export function blankQueries(rules: Rules, every = 1): BlankHits {
  const tally = new Tally();
  for (const [at, bundles] of sideBySide(luceneBundles).entries())
    askQueries(partOf(rules, at, every), bundles, tally);
  return tally;
}

/** One of so many rules, and others for each bundle. */
const partOf = ({ collection, placeholders }: Rules, at: number, every: number): Rules => ({
  placeholders,
  collection: {
    ...collection,
    rules: collection.rules.filter((_, index) => index % every === at % every),
  },
});

function askQueries(
  { collection, placeholders }: Rules,
  bundles: readonly (readonly [RegisteredTarget, string])[],
  tally: Tally,
): void {
  const targets = bundles.map(([target, bundle]) => {
    const pipelines = pipelinesOf(bundle);
    const finds = target === graylog ? inGraylog : inElasticsearch;
    return {
      target,
      bundle,
      pipelines,
      finds,
      settings: targetSettings(defaultConfig(), pipelines),
    };
  });
  const { compile } = createTargetCompiler({
    collection,
    placeholders,
    bag: createBag(),
    pipelines: new Map(targets.map(({ target, pipelines }) => [target.name, pipelines])),
  });
  for (const rule of collection.rules) {
    const targeted = rule.kind === 'detection' ? compile(rule) : undefined;
    for (const { target, bundle, finds, settings } of targets) {
      const compiled = valueIfOk(targeted?.forTarget(target.name))?.compiled;
      const conversion = compiled && target.convert(compiled, settings);
      if (conversion?.ok === false && conversion.error[0]?.code === 'TGT005') tally.refused++;
      for (const query of conversion?.ok ? conversion.value.queries : [])
        tally.ask(`${target.name} ${bundle} ${rule.title}: ${query}`, () => finds(query));
    }
  }
}

/**
 * Every search and definition of the packs of the rules, through each bundle, run over events that
 * have nothing of any rule. `every`: through each bundle go one of so many rules.
 */
export function blankDefinitions(rules: Rules, every = 1): BlankHits {
  const tally = new Tally();
  for (const [at, bundles] of sideBySide(packBundles).entries()) {
    const { collection, placeholders } = partOf(rules, at, every);
    const bag = createBag();
    const pack = assemblePack({
      collection,
      config: { ...defaultConfig(), placeholders, targets: bundles.map(([target]) => target) },
      bag,
      pipelines: new Map(bundles.map(([target, bundle]) => [target, pipelinesOf(bundle)])),
    });
    tally.refused += bag.list.filter(({ code }) => code === 'TGT005').length;
    const names = bundles.map(([, bundle]) => bundle).join(' ');
    askDefinitions(pack, names, tally);
    askSearches(pack, names, tally);
  }
  return tally;
}

function askDefinitions({ graylog: detections, config }: Pack, bundle: string, tally: Tally): void {
  for (const g of detections) {
    for (const { data } of eventDefinitions(g, config.info, {
      minimumServerVersion: '6.0.0',
      streamIds: [],
    })) {
      const query = data.config.query['@value'];
      tally.ask(`graylog pack ${bundle} ${g.detection.name}: ${query}`, () => inGraylog(query));
    }
  }
}

function askSearches({ splunk, config }: Pack, bundle: string, tally: Tally): void {
  const scopes = splunk.flatMap((entry) => entry.scopes);
  const macros = new Map(
    indexMacros(config, scopes).map(({ name, definition }) => [name, definition]),
  );
  for (const { detection, search } of splunk) {
    const text = search.replace(/`([^`]+)`/g, (_, name: string) => macros.get(name) ?? 'search *');
    tally.ask(`splunk pack ${bundle} ${detection.name}: ${search}`, () => inSplunk(text));
  }
}

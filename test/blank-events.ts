import { esQs } from '../src/backend/es-qs/es-qs.ts';
import { graylog } from '../src/backend/graylog/target.ts';
import { type ConversionTarget, defaultTargetSettings } from '../src/backend/target.ts';
import { xpackWatcher } from '../src/backend/xpack-watcher/xpack-watcher.ts';
import { loadPipelines } from '../src/cli/pipeline-files.ts';
import { defaultConfig } from '../src/pack/config.ts';
import { eventDefinitions } from '../src/pack/event-definition.ts';
import { indexMacros } from '../src/pack/index-macro.ts';
import { assemblePack } from '../src/pack/pack.ts';
import { createTargetCompiler } from '../src/pipeline/target-compiler.ts';
import type { Collection } from '../src/sigma/collection.ts';
import type { Pattern } from '../src/sigma/pattern.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { compileSpl } from './judges/spl/spl.ts';
import { readElasticsearch, readLucene } from './lucene-reader.ts';

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
/** Bundles of pipelines by target; the first is none at all. */
const luceneBundles: readonly (readonly [ConversionTarget, readonly string[]])[] = [
  [graylog, [none, 'graylog', 'graylog-nxlog', 'graylog-illuminate']],
  [esQs, [none, 'elastic']],
  [xpackWatcher, [none, 'elastic']],
];
const packBundles = [
  ['graylog', [none, 'graylog', 'graylog-nxlog', 'graylog-illuminate']],
  ['splunk', [none, 'splunk', 'splunk-classic', 'splunk-audit']],
] as const;

/** Every query for a Lucene target of the rules, through each bundle, asked of an event that has nothing of any rule. */
export function blankQueries({ collection, placeholders }: Rules): BlankHits {
  const wrong: string[] = [];
  let asked = 0;
  let refused = 0;
  for (const [target, names] of luceneBundles) {
    const read = target === graylog ? readLucene : readElasticsearch;
    for (const bundle of names) {
      const bag = createBag();
      const pipelines = new Map([[target.name, bundle === none ? [] : loadPipelines([bundle], '.', bag)]]);
      const { compile } = createTargetCompiler({ collection, placeholders, bag, pipelines });
      for (const rule of collection.rules) {
        const compiled = rule.kind === 'detection' ? compile(rule)?.forTarget(target.name) : undefined;
        const conversion = compiled && target.convert(compiled, defaultTargetSettings);
        if (conversion?.ok === false && conversion.problems[0]?.code === 'TGT005') refused++;
        if (!conversion?.ok) continue;
        asked++;
        for (const query of conversion.value.queries) if (read(query).matches(luceneEvent)) wrong.push(`${target.name} ${bundle} ${rule.title}: ${query}`);
      }
    }
  }
  return { asked, refused, wrong };
}

/** Every enabled search and definition of the packs of the rules, through each bundle, run over events that have nothing of any rule. */
export function blankDefinitions({ collection, placeholders }: Rules): BlankHits {
  const wrong: string[] = [];
  let asked = 0;
  let refused = 0;
  const run = (what: string, finds: () => boolean): void => {
    asked++;
    if (finds()) wrong.push(what);
  };
  for (const [target, names] of packBundles) {
    for (const bundle of names) {
      const bag = createBag();
      const config = { ...defaultConfig(), placeholders, targets: [target] };
      const pipelines = new Map([[target, bundle === none ? [] : loadPipelines([bundle], '.', bag)]]);
      const pack = assemblePack({ collection, config, bag, pipelines });
      refused += bag.list.filter(({ code }) => code === 'TGT005').length;
      for (const g of pack.graylog) {
        if (!g.detection.settings.enabled) continue;
        for (const { data } of eventDefinitions(g, config.info, { minimumServerVersion: '6.0.0', streamIds: [] })) {
          const query = data.config.query['@value'];
          run(`graylog pack ${bundle} ${g.detection.name}: ${query}`, () => readLucene(query).matches(luceneEvent));
        }
      }
      const macros = new Map(
        indexMacros(
          config,
          pack.splunk.flatMap(({ scopes }) => scopes),
        ).map(({ name, definition }) => [name, definition]),
      );
      for (const { detection, search } of pack.splunk) {
        if (!detection.settings.enabled) continue;
        const text = search.replace(/`([^`]+)`/g, (_, name: string) => macros.get(name) ?? 'search *');
        run(`splunk pack ${bundle} ${detection.name}: ${search}`, () => compileSpl(text, { nulls: 'unknown' }).run(splunkEvents).length > 0);
      }
    }
  }
  return { asked, refused, wrong };
}

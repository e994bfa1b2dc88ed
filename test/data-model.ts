import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultTargetSettings } from '../src/backend/registry.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { createProcessor } from '../src/pipeline/run/process.ts';
import { type CompiledDetection, createCombiner, createSettler } from '../src/query/compile.ts';
import type { Collection } from '../src/sigma/collection/collection.ts';
import type { Pattern } from '../src/sigma/value/pattern.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { runSpl } from './judges/spl/spl.ts';
import type { Event } from './judges/spl/value.ts';
import { matches } from './matcher.ts';
import { mutations } from './mutations.ts';
import { noFiles } from './pipeline-run.ts';
import { splunk } from './registered.ts';

/** A search of Splunk Cloud, or why there is none. */
export function searchOf(compiled: Parameters<typeof splunk.convert>[0]): string {
  const conversion = splunk.convert(compiled, {
    ...defaultTargetSettings,
    splunk: { ...defaultTargetSettings.splunk, cloudSafe: true },
  });
  return conversion.ok
    ? conversion.value.queries.join('')
    : `refused: ${conversion.error[0]?.message}`;
}

export interface Modelled {
  readonly written: CompiledDetection;
  readonly compiled: CompiledDetection;
  readonly search: string;
  readonly model: string;
}

/** The built-in pipeline of the Common Information Model. */
export function cimPipeline(bag: DiagnosticBag) {
  const path = join(import.meta.dirname, '..', 'pipelines', 'splunk-cim.yml');
  return readPipeline({ path, text: readFileSync(path, 'utf8') }, bag, { readText: noFiles });
}

/**
 * The detections of a collection after the pipeline of the Common Information Model; diagnostics of
 * it go to the bag.
 */
export function modelledRules(
  collection: Collection,
  placeholders: ReadonlyMap<string, readonly Pattern[]>,
  rejected: DiagnosticBag,
): readonly Modelled[] {
  const settle = createSettler(collection, {
    placeholders,
    bag: createBag(),
    keepPlaceholders: true,
  });
  const pipeline = cimPipeline(createBag());
  const process = createProcessor(pipeline ? [pipeline] : [], { bag: rejected });
  const combine = createCombiner(createBag());
  return collection.rules.flatMap((rule) => {
    const settled = settle(rule);
    const processed = settled?.kind === 'detection' ? process(settled) : undefined;
    const written = settled && combine(settled);
    const compiled = processed && combine(processed);
    if (written?.kind !== 'detection' || compiled?.kind !== 'detection') return [];
    return [
      {
        written,
        compiled,
        search: searchOf(compiled),
        model: String(compiled.processing?.state.get('data_model_set')),
      },
    ];
  });
}

const names: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'Endpoint.Processes': {
    CommandLine: 'process',
    Image: 'process_path',
    ParentImage: 'parent_process_path',
    ParentCommandLine: 'parent_process',
    OriginalFileName: 'original_file_name',
    CurrentDirectory: 'process_current_directory',
    IntegrityLevel: 'process_integrity_level',
    User: 'user',
    Hashes: 'process_hash',
  },
  'Endpoint.Registry': {
    TargetObject: 'registry_path',
    Details: 'registry_value_data',
    Image: 'process_path',
    User: 'user',
  },
  'Endpoint.Filesystem': { TargetFilename: 'file_path', Image: 'process_path', User: 'user' },
};
const actions: Readonly<Record<number, string>> = {
  11: 'created',
  12: 'created',
  13: 'modified',
  23: 'deleted',
};

/** As the add-on for Sysmon maps it. */
function modelled(event: Event, model: string): Event {
  const set = model.split('.')[1] ?? '';
  const fields = Object.entries(names[model] ?? {}).flatMap(([sigma, cim]) =>
    event[sigma] === undefined
      ? []
      : [[`${set}.${cim}`, String(event[sigma]).replace(/^DWORD \((.*)\)$/i, '$1')] as const],
  );
  return {
    ...Object.fromEntries(fields),
    [`${set}.action`]: String(event.EventType).startsWith('Delete')
      ? 'deleted'
      : actions[Number(event.EventID)],
    datamodel: model,
  };
}

/** Whether `modelled` knows the data model of a rule. */
export const isModelled = ({ search, model }: Modelled): boolean =>
  !search.startsWith('refused') && names[model] !== undefined;

/**
 * Events, or near misses of them, that the search of the data model finds and the rule does not
 * mean, or the other way round.
 */
export function modelDisagreements(
  { written, search, model }: Modelled,
  own: readonly Event[],
): readonly Event[] {
  const near = own
    .flatMap((event) => [event, ...mutations(event, written.query)])
    .map((event) => ({ ...event, EventID: own[0]?.EventID, EventType: own[0]?.EventType }));
  const wanted = near.flatMap((event, at) => (matches(written.query, event) ? [at] : []));
  const found = runSpl(
    search,
    near.map((event, at) => ({ ...modelled(event, model), _time: at })),
  ).map((row) => Number(row._time));
  return near.filter((_, at) => found.includes(at) !== wanted.includes(at));
}

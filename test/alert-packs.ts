import { readConfig } from '../src/pack/config/config.ts';
import { assemblePack, type Pack } from '../src/pack/pack.ts';
import { bundles } from '../src/pipeline/bundle.ts';
import type { Pipeline } from '../src/pipeline/pipeline.ts';
import { readPipeline } from '../src/pipeline/read-pipeline.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { builtInPipeline } from './built-in-pipelines.ts';
import { noFiles } from './pipeline-run.ts';

const known = new Map<string, readonly Pipeline[]>();

/** Of a bundle, or the built-in one of that name; `none` for none; `text:` with the text of one. */
function pipelinesOf(name: string): readonly Pipeline[] {
  const before = known.get(name);
  if (before) return before;
  const found =
    name === 'none'
      ? []
      : name.startsWith('text:')
        ? [ownPipeline(name.slice('text:'.length))]
        : (bundles.get(name)?.pipelines ?? [name]).map(builtInPipeline);
  known.set(name, found);
  return found;
}

function ownPipeline(text: string): Pipeline {
  const bag = createBag();
  const pipeline = readPipeline({ path: 'own.yml', text }, bag, { readText: noFiles });
  if (!pipeline) throw new Error(bag.list.map(({ message }) => message).join('; '));
  return pipeline;
}

export interface AlertPack {
  readonly pack: Pack;
  readonly bag: DiagnosticBag;
}

/** The pack of rules and a configuration, for one target with one choice of pipelines. */
export function alertPack(
  target: 'splunk' | 'graylog',
  pipeline: string,
  rules: string,
  config = '',
): AlertPack {
  const bag = createBag();
  const read = readConfig(
    { path: 'sigpack.yml', text: `id: pk\ntargets: [${target}]\n${config}` },
    bag,
  );
  if (!read) throw new Error(bag.list.map(({ message }) => message).join('; '));
  const { documents } = readDocuments({ path: 'rules.yml', text: rules }, bag);
  const pack = assemblePack({
    collection: collect(documents, bag),
    config: read,
    bag,
    pipelines: new Map([[target, pipelinesOf(pipeline)]]),
  });
  return { pack, bag };
}

/** A rule by its log source and one selection. `more`: lines of settings. */
export const alertRule = (
  logsource: string,
  selection: string,
  more = '',
): string => `title: An alert of ${logsource.replace(/[^\w ]/g, '')}
status: stable
level: high
logsource: { ${logsource} }
detection: { sel: { ${selection} }, condition: sel }
${more}
`;

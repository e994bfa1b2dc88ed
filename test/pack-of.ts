import { type Artifact, makeArtifacts } from '../src/artifact/artifacts.ts';
import { type LoadedRules, loadRules } from '../src/cli/project/load.ts';
import { pipelinesByTarget } from '../src/cli/project/pipeline-choice.ts';
import { loadTemplates } from '../src/cli/project/template-files.ts';
import { createTerminal } from '../src/cli/terminal/terminal.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { assemblePack, type Pack } from '../src/pack/pack.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import './built-in-templates.ts';
import { pathLists } from './rule-files.ts';

export interface BuiltPack {
  readonly rules: LoadedRules;
  readonly pack: Pack;
  readonly bag: DiagnosticBag;
  /** Empty where one of them could not be made. */
  readonly artifacts: ReadonlyMap<string, Artifact>;
}

/**
 * What `sigpack build` makes of rule files, without writing it. `config` is the text of a
 * sigpack.yml.
 */
export async function packOf(paths: readonly string[], config: string): Promise<BuiltPack> {
  const bag = createBag();
  const configFile = { path: 'sigpack.yml', text: config };
  const read = readConfig(configFile, bag);
  if (!read)
    throw new Error(
      `the configuration is invalid: ${bag.list.map(({ message }) => message).join('; ')}`,
    );
  const terminal = createTerminal({ write: () => undefined }, {}, () => 0);
  const rules = loadRules(pathLists(paths), bag, terminal);
  const pipelines = await pipelinesByTarget(
    read.targets,
    undefined,
    { config: read, file: configFile, exists: true, folder: '.', warnings: [] },
    bag,
  );
  if (!pipelines) throw new Error('the pipelines cannot be used');
  const pack = assemblePack({ collection: rules.collection, config: read, bag, pipelines });
  const { templates, assets, custom } = loadTemplates(undefined);
  const made = await makeArtifacts({
    pack,
    templates: { templates },
    customTemplates: custom,
    assets,
    toolVersion: '0.0.0',
    bag,
    configFile,
  });
  return {
    rules,
    pack,
    bag,
    artifacts: new Map((made ?? []).map((artifact) => [artifact.path, artifact])),
  };
}

export const textOf = ({ artifacts }: BuiltPack, path: string): string =>
  Buffer.from(artifacts.get(path)?.content ?? []).toString('utf8');

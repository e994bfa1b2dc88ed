import {
  type Artifact,
  type ArtifactInput,
  assemblePack,
  collect,
  createBag,
  type DetectionSettings,
  defaultConfig,
  makeArtifacts,
  type Pack,
  type PackConfig,
  type PackDetection,
  type PackInfo,
  type PackInput,
  readConfig,
  type Target,
} from 'sigpack';
import { expectTypeOf } from 'vitest';

const bag = createBag();
const file = { path: 'sigpack.yml', text: '' };
const collection = collect([], bag);

expectTypeOf(readConfig(file, bag)).toEqualTypeOf<PackConfig | undefined>();
expectTypeOf(defaultConfig()).toEqualTypeOf<PackConfig>();
defaultConfig({ info: { id: 'acme' }, rules: ['rules'] });
// @ts-expect-error there is no such fact about a pack
defaultConfig({ info: { name: 'acme' } });
expectTypeOf<PackConfig['info']>().toEqualTypeOf<PackInfo>();
expectTypeOf<Target>().toEqualTypeOf<'splunk' | 'graylog'>();
// @ts-expect-error there are no packs for other targets
({ ...defaultConfig(), targets: ['grep'] }) satisfies PackConfig;

const input: PackInput = { collection, config: defaultConfig(), bag };
const pack = assemblePack(input);
expectTypeOf(pack).toEqualTypeOf<Pack>();
assemblePack({
  ...input,
  rules: new Set(collection.rules),
  onProgress: (done, total) => done / total,
});
// @ts-expect-error a configuration is whole
assemblePack({ collection, config: { rules: ['rules'] }, bag });
expectTypeOf(pack.outcomes.map(({ detection }) => detection)).toEqualTypeOf<PackDetection[]>();
expectTypeOf<PackDetection['settings']>().toEqualTypeOf<DetectionSettings>();
expectTypeOf<DetectionSettings['interval']>().toBeNumber();

const given: ArtifactInput = {
  pack,
  templates: { templates: new Map([['splunk/default/app.conf.hbs', '']]) },
  customTemplates: false,
  assets: new Map(),
  toolVersion: '1.0.0',
  configFile: file,
  bag,
};
expectTypeOf(makeArtifacts(given)).resolves.toEqualTypeOf<readonly Artifact[] | undefined>();
expectTypeOf<Artifact['content']>().toEqualTypeOf<Uint8Array>();
// @ts-expect-error templates are texts by name
makeArtifacts({ ...given, templates: { templates: { 'splunk/default/app.conf.hbs': '' } } });

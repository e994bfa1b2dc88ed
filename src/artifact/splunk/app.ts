import type { PackFile } from '../../pack/model/detection.ts';
import { compareConf, misread } from '../../pack/render/conf-difference.ts';
import type { ConfModel } from '../../pack/render/conf-reader.ts';
import type { SplunkAppInput } from './app-input.ts';
import { appModel, macroModel, type Settings, searchModel } from './conf-model.ts';
import { appContext } from './template-context.ts';

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
  'default/data/ui/views/tuning.xml',
  'default/macros.conf',
  'default/savedsearches.conf',
  'default/transforms.conf',
  'lookups/attack.csv',
  'lookups/detections.csv',
  'lookups/pages.csv',
  'metadata/default.meta',
] as const;

/** Only in an app that schedules searches for several detections. */
const tuningPage = 'default/data/ui/views/tuning.xml';

const assetPaths = ['static/appIcon.png', 'static/appIcon_2x.png'];

/** Names of the templates and assets that `renderSplunkApp` asks for. */
export const splunkAppSources: readonly string[] = [
  ...templatePaths.map((path) => `splunk/${path}.hbs`),
  ...assetPaths.map((path) => `splunk/${path}`),
];

/**
 * Paths below the app's folder of everything that it may hold: custom templates can only replace
 * these.
 */
export const splunkAppPaths = (id: string): readonly string[] =>
  [...templatePaths, ...assetPaths].map((path) => appPath(id, path).slice(id.length + 1));

/** Renders the files of the app, and finds settings in its conf files that Splunk would misread. */
export function renderSplunkApp(input: SplunkAppInput): SplunkApp {
  const searches = searchModel(input);
  const macros = macroModel(input);
  const reasons = [...searches.reasons, ...macros.reasons];
  const soundKeys = new Set<string>();
  const sound = (path: string, name: string, settings: Settings): void => {
    reasons.push(...misread(name, settings, soundKeys).map((reason) => `${path}: ${reason}`));
  };
  const context = appContext(input, searches.model, macros.model, (name, settings) =>
    sound('default/savedsearches.conf', name, settings),
  );
  const files: PackFile[] = [];
  const models: Readonly<Record<string, () => ConfModel>> = {
    'default/app.conf': () => appModel(context),
    'default/macros.conf': () => macros.model,
    'default/savedsearches.conf': () =>
      new Map(context.stanzas.map(({ name, settings }) => [name, settings])),
  };
  for (const path of templatePaths) {
    if (path === tuningPage && context.tuning === undefined) continue;
    const content = input.render.bytes(`splunk/${path}.hbs`, context);
    const model = input.templatesAreOurs ? undefined : models[path]?.();
    // every value was made one line before it came here, so additional settings are the template's
    // own
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
      'default/macros.conf': macros.model,
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

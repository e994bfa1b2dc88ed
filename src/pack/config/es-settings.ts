import type { Rule } from '../../sigma/collection/collection.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { plural } from '../../source/plural.ts';
import { type SourceFile, type Span, spanOf } from '../../source/span.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { writtenSettings } from '../settings/patch.ts';
import type { DetectionSettings } from '../settings/settings.ts';
import type { PackConfig } from './config.ts';

interface Named {
  readonly name: string;
  readonly span: Span;
}

const isEsKey = (key: string): boolean =>
  /^action\.(?:notable|risk|correlationsearch|escu)(?:\.|$)/.test(key);

/** The settings that only Enterprise Security can honour. */
function esSettings(settings: YamlNode): readonly Named[] {
  const splunk = lookup(settings, 'splunk');
  const savedsearch = lookup(splunk, 'savedsearch');
  const keys = savedsearch?.kind === 'mapping' ? savedsearch.pairs.map(({ key }) => key) : [];
  const own =
    settings.kind === 'mapping' ? settings.pairs.filter(({ key }) => key.text === 'risk') : [];
  const ofSplunk =
    splunk?.kind === 'mapping'
      ? splunk.pairs.filter(({ key }) => key.text === 'output' || key.text === 'securityDomain')
      : [];
  return [
    ...own.map(({ key }) => ({ name: key.text, span: spanOf(key) })),
    ...ofSplunk.map(({ key }) => ({ name: `splunk.${key.text}`, span: spanOf(key) })),
    ...keys
      .filter(({ text }) => isEsKey(text))
      .map((key) => ({ name: key.text, span: spanOf(key) })),
  ];
}

const withoutEs = new WeakMap<DetectionSettings, DetectionSettings>();

/**
 * The settings that the app can honour: without Enterprise Security, no key of its actions is
 * written and no result needs a field for risk.
 */
export function splunkSettings(settings: DetectionSettings, config: PackConfig): DetectionSettings {
  const keys = Object.entries(settings.splunk.savedsearch);
  if (
    config.splunk.enterpriseSecurity ||
    (settings.risk === undefined && !keys.some(([key]) => isEsKey(key)))
  )
    return settings;
  const known = withoutEs.get(settings);
  if (known) return known;
  const { risk: _, ...rest } = settings;
  const honoured = {
    ...rest,
    splunk: {
      ...rest.splunk,
      savedsearch: Object.fromEntries(keys.filter(([key]) => !isEsKey(key))),
    },
  };
  withoutEs.set(settings, honoured);
  return honoured;
}

/**
 * Collects settings that an app without Enterprise Security can't honour, and reports them once, at
 * the first place.
 */
export interface EsSettingsReport {
  readonly add: (rule: Rule) => void;
  readonly report: () => void;
}

const nothing: EsSettingsReport = { add: () => undefined, report: () => undefined };

export function createEsSettingsReport(config: PackConfig, bag: DiagnosticBag): EsSettingsReport {
  if (config.splunk.enterpriseSecurity || !config.targets.includes('splunk')) return nothing;
  const names = new Set<string>();
  let places = 0;
  let first: { readonly file: SourceFile; readonly span: Span } | undefined;
  const take = (file: SourceFile, settings: YamlNode): void => {
    for (const { name, span } of esSettings(settings)) {
      names.add(name);
      places++;
      first ??= { file, span };
    }
  };
  const patches = [
    config.defaults,
    ...config.levels.values(),
    ...config.logsources.map(({ settings }) => settings),
  ];
  for (const place of patches.flatMap((patch) => writtenSettings(patch) ?? []))
    take(place.file, place.settings);
  return {
    add: ({ file, settings }) => {
      if (settings) take(file, settings);
    },
    report: () => {
      if (first === undefined) return;
      const more = places === 1 ? '' : `, in ${places} places (the first is here)`;
      const message =
        'splunk: the app is made for a Splunk without Enterprise Security, so ' +
        `${listed([...names])} ${plural(names.size, 'changes', 'change')} nothing${more}`;
      const hint =
        'Write `enterpriseSecurity: true` under `splunk` in sigpack.yml if Splunk has it; ' +
        'else remove what only it can do.';
      bag.add(first.file, { code: 'TGT007', message, span: first.span, target: 'splunk', hint });
    },
  };
}

const listed = (names: readonly string[]): string => {
  const shown = names.map((name) => `\`${name}\``);
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
};

import { type NamedPipeline, oneLine } from '../pack/chosen-pipelines.ts';
import type { PackConfig, Target } from '../pack/config/config.ts';
import { streamChoice } from '../pack/config/graylog-config.ts';
import { indexMacros } from '../pack/index-macro.ts';
import type { Pack } from '../pack/pack.ts';
import { sigmaNames } from '../pipeline/field-choice.ts';
import { firstFew } from '../source/plural.ts';

/** What a pack was made for: whose field names it uses, and where it searches. */
export interface MadeFor {
  readonly target: Target;
  /** In the order in which they were chosen. */
  readonly pipelines: readonly NamedPipeline[];
  /** Sorted and readable: `index=windows`, `Windows events`, `all streams`. */
  readonly places: readonly string[];
  /** Only for Splunk: with or without Enterprise Security. */
  readonly edition?: string;
}

/** For each target of a pack. */
export function madeFor(pack: Pack): readonly MadeFor[] {
  // both packs, the manifest and the summary need it
  const known = knownMadeFor.get(pack) ?? madeForOf(pack);
  knownMadeFor.set(pack, known);
  return known;
}

const knownMadeFor = new WeakMap<Pack, readonly MadeFor[]>();

const madeForOf = (pack: Pack): readonly MadeFor[] =>
  pack.config.targets.map((target) => ({
    target,
    pipelines: pack.chosen.get(target) ?? [sigmaNames],
    places: target === 'splunk' ? splunkPlaces(pack) : graylogPlaces(pack),
    ...(target === 'splunk' ? { edition: editionOf(pack) } : {}),
  }));

const editionOf = ({ config }: Pack): string =>
  `${config.splunk.enterpriseSecurity ? 'with' : 'without'} Enterprise Security`;

function splunkPlaces({ config, splunk }: Pack): readonly string[] {
  const macros = indexMacros(
    config,
    splunk.flatMap(({ scopes }) => scopes),
  );
  const places = macros.flatMap(({ definition }) => {
    const indexes = Array.from(
      definition.matchAll(/\bindex\s*=\s*"?([\w*.-]+)/gi),
      ([, name = '']) => `index=${name}`,
    );
    return indexes.length > 0 ? indexes : ['default indexes'];
  });
  if (splunk.some(({ scopes }) => scopes.length === 0)) places.push('data models');
  return [...new Set(places)].sort();
}

function graylogPlaces({ config, graylog }: Pack): readonly string[] {
  const places = graylog.flatMap(({ detection }) => {
    const own = detection.settings.graylog.streams;
    return own.length > 0 ? own : streamTexts(config);
  });
  return [...new Set(places.map(oneLine))].sort();
}

/** Of a stream whose title an installation gives. */
export const parameterPlace = (name: string): string => `stream of the parameter ${name}`;

function streamTexts({ graylog }: PackConfig): readonly string[] {
  const choice = streamChoice(graylog);
  if (choice.kind === 'parameter') return [parameterPlace(choice.name)];
  return choice.kind === 'all' ? ['all streams'] : choice.titles;
}

const shownPlaces = 4;

/** `Splunk with its add-ons (splunk); looks in index=windows; without Enterprise Security`. */
export function madeForText({ pipelines, places, edition }: MadeFor): string {
  const products = pipelines
    .map(({ name, description }) => `${description} (${name})`)
    .join(' and ');
  const where = places.length === 0 ? [] : [`looks in ${firstFew(places, shownPlaces)}`];
  return [products, ...where, ...(edition === undefined ? [] : [edition])].join('; ');
}

const marker = 'Made for: ';

/** The line in the description of a pack. */
export const madeForLine = (made: MadeFor): string => `${marker}${madeForText(made)}.`;

/** What the description of a pack says that it was made for; undefined if it says nothing. */
export function madeForIn(description: string): string | undefined {
  const at = description.lastIndexOf(marker);
  return at === -1 ? undefined : description.slice(at + marker.length).split(/\.?(?:[\r\n]|$)/)[0];
}

import { knownProducts, knownServices } from '../../event/known-log-sources.ts';
import type { NearSource, StrangeSource } from '../../query/processing.ts';
import { perSource } from '../../sigma/rule/per-source.ts';
import { type LogSource, type SourcePart, sourceParts } from '../../sigma/rule/rule.ts';
import { nearest, nearestSlip } from '../../source/nearest.ts';
import type { ProcessingItem } from '../pipeline.ts';

/** The log sources that the conditions of the items name. */
export const namedSources = (items: readonly ProcessingItem[]): readonly LogSource[] =>
  items.flatMap(sourcesOf);

const sourcesOf = ({ sources = [], transformation }: ProcessingItem): readonly LogSource[] => [
  ...sources,
  ...(transformation.kind === 'nest' ? transformation.items.flatMap(sourcesOf) : []),
];

/** Finds strange log sources, by those that the pipelines name. */
export const createSourceCheck = (
  named: readonly LogSource[],
): ((source: LogSource) => StrangeSource | undefined) =>
  perSource((source) => strange(source, named));

function strange(
  { product, category, service }: LogSource,
  sources: readonly LogSource[],
): StrangeSource | undefined {
  const [part, name] =
    category !== undefined ? (['category', category] as const) : (['service', service] as const);
  if (product === undefined || name === undefined) return undefined;
  const fitting = sources.filter((one) => one.product === product || one.product === undefined);
  const tellsApart = fitting.some(
    (one) => one.product === product && (one.category !== undefined || one.service !== undefined),
  );
  const isKnown = fitting.some(
    (one) =>
      (one.category !== undefined && one.category === category) ||
      (one.service !== undefined && one.service === service),
  );
  if (isKnown || !tellsApart) return undefined;
  const near = nearest(name, new Set(fitting.flatMap((one) => one[part] ?? [])));
  return { part, name, product, ...(near === undefined ? {} : { near }) };
}

/** Finds misspelled parts of log sources, by the log sources that the pipelines name. */
export function createNearSource(
  named: readonly LogSource[],
): (source: LogSource) => NearSource | undefined {
  const known = new Map<SourcePart, ReadonlySet<string>>();
  const namesOf = (part: SourcePart): ReadonlySet<string> => {
    const names = known.get(part) ?? new Set(named.flatMap((one) => one[part] ?? []));
    known.set(part, names);
    return names;
  };
  return perSource((source) => {
    for (const part of sourceParts) {
      const name = source[part];
      if (name === undefined || namesOf(part).has(name) || isSpelled(part, name)) continue;
      const near = nearestSlip(name, namesOf(part));
      if (near !== undefined) return { part, near };
    }
    return undefined;
  });
}

/** Names of public rules, which pipelines may not know; those of categories are not alike. */
const isSpelled = (part: SourcePart, name: string): boolean =>
  (part === 'product' && knownProducts.has(name)) ||
  (part === 'service' && knownServices.has(name));

import { knownProducts, knownServices } from '../../event/known-log-sources.ts';
import { filterFits } from '../../sigma/filter/filter.ts';
import { type LogSource, type SourcePart, sourceParts } from '../../sigma/rule/rule.ts';
import type { DiagnosticBag } from '../../source/diagnostic.ts';
import { didYouMean, nearest } from '../../source/nearest.ts';
import type { SourceFile } from '../../source/span.ts';
import { lookup, type YamlNode } from '../../source/yaml/tree.ts';
import { tableSources } from '../alert/table.ts';
import type { LogSourceMatch } from '../settings/selection.ts';
import type { PackConfig } from './config.ts';

interface MatchPlace {
  readonly file: SourceFile;
  readonly node: YamlNode;
}

const places = new WeakMap<LogSourceMatch, MatchPlace>();

/** Remembers where each `match` of a configuration is written. */
export function noteMatches(
  { logsources, splunk }: PackConfig,
  file: SourceFile,
  root: YamlNode,
): void {
  const note = (
    entries: readonly { readonly match: LogSourceMatch }[],
    list: YamlNode | undefined,
  ): void => {
    for (const [at, { match }] of entries.entries()) {
      const node = list?.kind === 'sequence' ? list.items[at] : undefined;
      const matchNode = node && lookup(node, 'match');
      if (matchNode) places.set(match, { file, node: matchNode });
    }
  };
  note(logsources, lookup(root, 'logsources'));
  note(splunk.indexes, lookup(lookup(root, 'splunk'), 'indexes'));
}

/**
 * Warns of each `match` that fits no rule of the pack and has a value close to one of a known log
 * source.
 */
export function warnOfMatchSlips(
  { logsources, splunk, targets }: PackConfig,
  sources: readonly LogSource[],
  bag: DiagnosticBag,
): void {
  const matches = [...logsources, ...(targets.includes('splunk') ? splunk.indexes : [])].map(
    ({ match }) => match,
  );
  const unfit = matches.filter((match) => !sources.some((source) => filterFits(match, source)));
  if (unfit.length === 0) return;
  const known = knownValues(sources);
  for (const match of unfit) {
    const place = places.get(match);
    for (const part of place ? sourceParts : []) {
      const value = match[part];
      if (!place || value === undefined || known[part].has(value)) continue;
      const near = nearest(value, known[part]);
      const node = lookup(place.node, part) ?? place.node;
      if (near === undefined) continue;
      const slip = `${part} \`${value}\``;
      bag.add(place.file, {
        code: 'PCK008',
        message: `\`match\` fits no rule of the packs: no log source has the ${slip}`,
        span: node,
        hint: didYouMean(near),
      });
    }
  }
}

function knownValues(
  sources: readonly LogSource[],
): Readonly<Record<SourcePart, ReadonlySet<string>>> {
  const all = [...sources, ...tableSources()];
  const of = (part: SourcePart, more: Iterable<string> = []) =>
    new Set([...all.flatMap((source) => source[part] ?? []), ...more]);
  return {
    product: of('product', knownProducts),
    category: of('category'),
    service: of('service', knownServices),
  };
}

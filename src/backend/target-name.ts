import { nearest } from '../source/nearest.ts';

/** Names that sigma-cli and the converters before it have for one of our targets. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['lucene', 'es-qs'],
  ['opensearch-lucene', 'es-qs'],
  ['opensearch', 'es-qs'],
  ['elasticsearch', 'es-qs'],
  ['elastic', 'es-qs'],
  ['es', 'es-qs'],
  ['splunk-spl', 'splunk'],
  ['spl', 'splunk'],
  ['es-watcher', 'xpack-watcher'],
  ['elasticsearch-watcher', 'xpack-watcher'],
]);

const elastic = 'es-qs has query_string queries, xpack-watcher has watches with aggregations';

/**
 * Targets of other tools that Sigpack does not have, by the beginning of their names: what to use
 * instead.
 */
const others: readonly (readonly [RegExp, string])[] = [
  [/^(?:eql|esql|es-?ql|es-rule|es-dsl|dsl|elastalert|elastic)/, elastic],
  [/^(?:kibana|siem-rule)/, 'es-qs with -f kibana-ndjson has saved searches for Kibana'],
  [/^open-?search-?ppl/, 'es-qs has query_string queries, which OpenSearch reads'],
  [/^splunk-?(?:spl2|dm|cim|data)/, 'splunk has SPL; -p splunk-cim searches data models by tstats'],
];

/**
 * The name of the target that is meant, with aliases and letter case resolved; a name that is not
 * an alias is returned as it is.
 */
export function targetName(name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const plain = name.toLowerCase().replaceAll('_', '-');
  return known.includes(plain) ? plain : (aliases.get(plain) ?? name);
}

/** The message that there is no target of a name, and which targets there are. */
export function noTarget(name: string, known: readonly string[]): string {
  const plain = name.toLowerCase().replaceAll('_', '-');
  const other = others.find(([pattern]) => pattern.test(plain))?.[1];
  if (other !== undefined) return `there is no target ${name}: ${other}`;
  const near = nearest(plain, [...known, ...aliases.keys()]);
  return (
    `there is no target ${name}${near === undefined ? ';' : `; did you mean ${near}?`} ` +
    `${near === undefined ? 't' : 'T'}here are ${known.join(', ')}`
  );
}

/** The other names of a target, for `sigpack list targets`. */
export const aliasesOf = (target: string): readonly string[] =>
  [...aliases].flatMap(([alias, name]) => (name === target ? [alias] : []));

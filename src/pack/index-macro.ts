import { pipelineScope } from '../backend/splunk/scope.ts';
import { type CompiledDetection, type CompiledRule, detectionsBelow } from '../query/compile.ts';
import { truthOf } from '../query/three-valued.ts';
import { filterFits } from '../sigma/filter/filter.ts';
import { perSource } from '../sigma/rule/per-source.ts';
import type { LogSource } from '../sigma/rule/rule.ts';
import { sigpackNamespace, uuidV5 } from '../source/uuid.ts';
import type { PackConfig } from './config/config.ts';
import type { SearchMacro, SearchScope, SplunkDetection } from './model/detection.ts';
import type { CountedWarnings } from './pipeline-report.ts';

/**
 * `sigpack_windows_process_creation`: one macro per log source, so that an admin sets each index
 * once. It never ends like a filter macro.
 */
function plainName(packId: string, source: LogSource): string {
  const name = wordsOf(packId) + nameEnd(source);
  return name.endsWith('_filter') ? `${name}_events` : name;
}

const wordsOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9_]+/g, '_');

const nameEnd = perSource(({ product, category, service }) => {
  let text = '';
  for (const part of [product, category, service]) if (part !== undefined) text += `_${part}`;
  return wordsOf(text);
});

type Scope = Pick<SearchScope, 'source' | 'definition'>;

/** Keyed by log source, see {@link keyOf}. */
export type MacroNames = ReadonlyMap<string, string>;

/**
 * If log sources would share a macro but are in different places, each gets a macro of its own, so
 * that none changes where the rules of another search: the plainest keeps the name, the others get
 * a digest appended.
 */
export function macroNames(config: PackConfig, scopes: Iterable<Scope>): MacroNames {
  const byName = new Map<string, Map<string, Scope>>();
  for (const scope of scopes) {
    const name = plainName(config.info.id, scope.source);
    const known = byName.get(name) ?? new Map<string, Scope>();
    byName.set(name, known);
    if (!known.has(keyOf(scope.source))) known.set(keyOf(scope.source), scope);
  }
  const names = new Map<string, string>();
  for (const [name, sources] of byName) {
    const [plainest] = [...sources.values()].sort((one, other) => order(config, one, other));
    const place = plainest && definitionOf(config, plainest);
    for (const [key, scope] of sources)
      names.set(
        key,
        definitionOf(config, scope) === place
          ? name
          : `${name}_${uuidV5(sigpackNamespace, key).slice(0, 8)}`,
      );
  }
  return names;
}

const keyOf = perSource(({ product, category, service }) =>
  JSON.stringify([product ?? null, category ?? null, service ?? null]),
);

/** The macro of a log source, given those of the others. */
export const macroOf = (names: MacroNames, config: PackConfig, source: LogSource): string =>
  names.get(keyOf(source)) ?? plainName(config.info.id, source);

/**
 * Log sources with a place come before those that are searched everywhere, one-word products before
 * others, categories before services.
 */
function order(config: PackConfig, one: Scope, other: Scope): number {
  const [a, b] = [one, other].map((scope) => {
    const { product, category, service } = scope.source;
    const marks = [
      definitionOf(config, scope) === everywhere,
      !/^[a-z0-9]+$/.test(product ?? ''),
      category === undefined,
      service !== undefined,
    ];
    return `${marks.map(Number).join('')}${keyOf(scope.source)}`;
  });
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

const everywhere = 'index=*';
const definitionOf = (config: PackConfig, { source, definition }: Scope): string =>
  placeOf(config, source) ?? inIndex(config, definition);

const namesIndex = (definition: string): boolean => /\bindex\s*=/i.test(definition);

/**
 * The terms of a pipeline, restricted to the indexes of `splunk.index`: the indexes say where the
 * events are, the terms which of them belong to the log source.
 */
function inIndex({ splunk: { index } }: PackConfig, definition: string | undefined): string {
  if (index === undefined) return definition ?? everywhere;
  const terms = index.map((name) => `index=${name}`).join(' OR ');
  const indexes = index.length > 1 ? `(${terms})` : terms;
  if (definition === undefined) return indexes;
  if (namesIndex(definition)) return definition;
  // the blank between them is an AND, which would only bind to the first alternative
  const hasAlternatives = /\bOR\b/.test(definition) && !isOneGroup(definition);
  return `${indexes} ${hasAlternatives ? `(${definition})` : definition}`;
}

/** `(a OR b)`, but not `(a OR b) OR (c)`. */
const isOneGroup = (terms: string): boolean => /^\([^()]*\)$/.test(terms);

/** Renames macros that would collide with others of the pack. */
export function withMacrosApart(
  config: PackConfig,
  detections: readonly SplunkDetection[],
): readonly SplunkDetection[] {
  const names = macroNames(
    config,
    detections.flatMap(({ scopes }) => scopes),
  );
  return detections.map((detection) => {
    const changed = detection.scopes.filter(
      ({ source, macro }) => macroOf(names, config, source) !== macro,
    );
    if (changed.length === 0) return detection;
    const renamed = new Map(
      changed.map(({ source, macro }) => [macro, macroOf(names, config, source)]),
    );
    const apart = (search: string): string =>
      search.replace(/`(\w+)`/g, (call: string, name: string) =>
        renamed.has(name) ? `\`${renamed.get(name)}\`` : call,
      );
    return {
      ...detection,
      search: apart(detection.search),
      ...(detection.events === undefined ? {} : { events: apart(detection.events) }),
      scopes: detection.scopes.map((scope) => ({
        ...scope,
        macro: renamed.get(scope.macro) ?? scope.macro,
      })),
    };
  });
}

/**
 * The macros of the log sources, sorted; defined by sigpack.yml, else by the pipelines, else as
 * `index=*`.
 */
export function indexMacros(
  config: PackConfig,
  scopes: Iterable<SearchScope>,
): readonly SearchMacro[] {
  const macros = new Map<string, { readonly definitions: Set<string>; readonly comment: string }>();
  for (const scope of scopes) {
    const definition = definitionOf(config, scope);
    const known = macros.get(scope.macro);
    if (known) known.definitions.add(definition);
    else
      macros.set(scope.macro, {
        definitions: new Set([definition]),
        comment: `Where the events of the log source ${described(scope.source)} are.`,
      });
  }
  return [...macros]
    .map(([name, { definitions, comment }]) => ({
      name,
      definition: eitherOf([...definitions].sort()),
      comment,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Where sigpack.yml places the events of a log source. */
export const placeOf = ({ splunk }: PackConfig, source: LogSource): string | undefined =>
  splunk.indexes.find((entry) => filterFits(entry.match, source))?.definition;

/**
 * Warns, at the rules that have them, of log sources that are searched everywhere because neither
 * sigpack.yml nor a pipeline places them.
 */
export function warnOfUnplaced(
  warnings: CountedWarnings,
  scopes: readonly Scope[],
  compiled: CompiledRule,
  config: PackConfig,
): void {
  for (const scope of withoutIndex(config, scopes)) {
    if (scope.definition !== undefined || detectionsIn(compiled, scope).every(asksForIndex))
      continue;
    warnings.add(
      'PIP004',
      'splunk',
      `nothing says where the events of the log source ${described(scope.source)} are`,
      ruleOf(compiled, scope),
    );
  }
}

/**
 * Warns of saved searches that look in the default indexes of the user who runs them, because a
 * pipeline selects the events but not an index.
 */
export function warnOfDefaultIndexes(
  warnings: CountedWarnings,
  scopes: readonly Scope[],
  compiled: CompiledRule,
  config: PackConfig,
): void {
  const unsaid = withoutIndex(config, scopes).find(
    ({ definition }) => definition !== undefined && !namesIndex(definition),
  );
  if (!unsaid) return;
  const message =
    'nothing says which indexes hold the events, so searches look in the default indexes of ' +
    'the role alone';
  warnings.add('PIP004', 'splunk', message, ruleOf(compiled, unsaid));
}

/** Log sources that sigpack.yml does not place. */
const withoutIndex = (config: PackConfig, scopes: readonly Scope[]): readonly Scope[] =>
  config.splunk.index === undefined
    ? scopes.filter(({ source }) => placeOf(config, source) === undefined)
    : [];

/** Detections of this log source that are searched there. */
const detectionsIn = (
  compiled: CompiledRule,
  { source, definition }: Scope,
): readonly CompiledDetection[] =>
  detectionsBelow(compiled).filter(
    (part) => part.rule.logsource === source && pipelineScope(part) === definition,
  );

/** A correlation has no log source. */
const ruleOf = (compiled: CompiledRule, scope: Scope): CompiledRule['rule'] =>
  (detectionsIn(compiled, scope)[0] ?? compiled).rule;

/**
 * Whether a condition, for example one that a pipeline adds, only finds events of named indexes.
 */
const asksForIndex = ({ query }: CompiledDetection): boolean =>
  truthOf(query, ({ field, test }) =>
    field === 'index' && test.kind === 'string' ? false : undefined,
  ) === false;

function eitherOf(definitions: readonly string[]): string {
  const [only] = definitions;
  return definitions.length === 1 && only !== undefined
    ? only
    : `(${definitions.map((one) => `(${one})`).join(' OR ')})`;
}

// most words: nothing to leave out
const plainWord = /^[\w.-]+$/;

/** Words only: the app's README shows them. */
const described = perSource(({ product, category, service }) => {
  const parts = [product, category, service].filter((part) => part !== undefined);
  return parts
    .map((part) => (plainWord.test(part) ? part : part.replace(/[^\p{L}\p{N}._-]+/gu, ' ').trim()))
    .join(', ');
});

import { selectionMatcher } from '../sigma/rule/condition.ts';
import type { SourceFile, Span } from '../source/span.ts';
import { parseYaml } from '../source/yaml/parse.ts';
import { lookup, type YamlMapping, type YamlNode, type YamlScalar } from '../source/yaml/tree.ts';

/** A name in a file: where it is defined, or used. */
export interface NameUse extends Span {
  readonly name: string;
  /**
   * `selection`: of a detection or filter. `rule`: a name or id of a rule. `pattern`: a pattern of
   * a condition, such as `selection_*`.
   */
  readonly kind: 'selection' | 'rule' | 'pattern';
  readonly defines: boolean;
  /** Number of the document in its file: selections are names within one. */
  readonly document: number;
}

/** Keys of a detection or filter that are not names of selections. */
export const notSelections = new Set(['condition', 'timeframe', 'rules']);
const operators = new Set(['and', 'or', 'not', 'of', 'all', 'any', '1']);

/** Every name of rules and selections in a file, in its order. Broken documents have none. */
export const namesIn = (file: SourceFile): readonly NameUse[] =>
  parseYaml(file)
    .documents.flatMap((node, document) =>
      node.kind === 'mapping' ? namesOfDocument(file, node, document) : [],
    )
    .sort((a, b) => a.start - b.start);

function namesOfDocument(
  file: SourceFile,
  node: YamlMapping,
  document: number,
): readonly NameUse[] {
  const correlation = lookup(node, 'correlation');
  const filter = lookup(node, 'filter');
  const own = ['id', 'name'].flatMap((key) => scalarsOf(lookup(node, key)));
  const referred = [
    ...scalarsOf(lookup(correlation, 'rules')),
    ...scalarsOf(lookup(filter, 'rules')),
    ...aliasedRules(lookup(correlation, 'aliases')),
  ];
  const rule = (scalar: YamlScalar, defines: boolean): NameUse => ({
    ...textSpan(file, scalar),
    name: scalar.text,
    kind: 'rule',
    defines,
    document,
  });
  const condition = lookup(correlation, 'condition');
  return [
    ...own.map((scalar) => rule(scalar, true)),
    ...referred.map((scalar) => rule(scalar, false)),
    ...wordsIn(file, condition).map(
      (word): NameUse => ({ ...word, kind: 'rule', defines: false, document }),
    ),
    ...[lookup(node, 'detection'), filter].flatMap((body) =>
      body?.kind === 'mapping' ? selectionNames(file, body, document) : [],
    ),
  ];
}

const scalarsOf = (node: YamlNode | undefined): readonly YamlScalar[] =>
  node?.kind === 'scalar'
    ? [node]
    : node?.kind === 'sequence'
      ? node.items.flatMap((item) => (item.kind === 'scalar' ? [item] : []))
      : [];

/** Keys below each alias are names of rules. */
const aliasedRules = (node: YamlNode | undefined): readonly YamlScalar[] =>
  node?.kind === 'mapping'
    ? node.pairs.flatMap(({ value }) =>
        value.kind === 'mapping' ? value.pairs.map(({ key }) => key) : [],
      )
    : [];

/** Without quotes. */
function textSpan({ text }: SourceFile, { start, end }: Span): Span {
  const quoted = /^['"]/.test(text.slice(start, end)) && end - start > 1;
  return quoted ? { start: start + 1, end: end - 1 } : { start, end };
}

/** The words of conditions that are not operators. */
function wordsIn(
  { text }: SourceFile,
  node: YamlNode | undefined,
): readonly (Span & { readonly name: string })[] {
  return scalarsOf(node).flatMap(({ start, end }) =>
    Array.from(text.slice(start, end).matchAll(/[^\s()'"]+/g), ({ 0: name, index }) => ({
      name,
      start: start + index,
      end: start + index + name.length,
    })).filter(({ name }) => !operators.has(name.toLowerCase())),
  );
}

function selectionNames(file: SourceFile, body: YamlMapping, document: number): readonly NameUse[] {
  const names = new Set<string>();
  const defined = body.pairs.flatMap(({ key }): readonly NameUse[] => {
    if (notSelections.has(key.text)) return [];
    names.add(key.text);
    const span = textSpan(file, key);
    return [{ ...span, name: key.text, kind: 'selection', defines: true, document }];
  });
  const used = wordsIn(file, lookup(body, 'condition')).flatMap((word): readonly NameUse[] => {
    const kind = names.has(word.name)
      ? 'selection'
      : word.name.includes('*') || word.name.toLowerCase() === 'them'
        ? 'pattern'
        : undefined;
    return kind === undefined ? [] : [{ ...word, kind, defines: false, document }];
  });
  return [...defined, ...used];
}

export const nameAt = (names: readonly NameUse[], offset: number): NameUse | undefined =>
  names.find(({ start, end }) => start <= offset && offset <= end);

/** The places where what a name means is defined, among the names of its file. */
export function definitionsOf(use: NameUse, names: readonly NameUse[]): readonly NameUse[] {
  const matches = use.kind === 'pattern' ? selectionMatcher(use.name) : undefined;
  return names.filter(
    ({ kind, name, defines, document }) =>
      defines &&
      (use.kind === 'rule'
        ? kind === 'rule' && name === use.name
        : kind === 'selection' &&
          document === use.document &&
          (matches ? matches(name) : name === use.name)),
  );
}

/** All uses of a name of a selection in its document, those by patterns included. */
export const usesOf = (use: NameUse, names: readonly NameUse[]): readonly NameUse[] =>
  names.filter(
    (other) =>
      other.document === use.document &&
      ((other.kind === 'selection' && other.name === use.name) ||
        (other.kind === 'pattern' && selectionMatcher(other.name)(use.name))),
  );

import { load } from 'js-yaml';

/** One item of a pipeline's file, with what the comments above it cite. */
export interface CitedItem {
  readonly id: string;
  readonly sources: readonly string[];
  /** Names of the product that it puts into queries: fields, source types, data models. */
  readonly names: readonly string[];
  /** It gives no names: it refuses rules, or says which fields events lack or have. */
  readonly silent: boolean;
}

interface Item {
  readonly id: string;
  readonly type: string;
  readonly mapping?: Readonly<Record<string, string | readonly string[]>>;
  readonly prefix?: string;
  readonly conditions?: Readonly<Record<string, unknown>>;
  readonly key?: string;
  readonly val?: unknown;
}

const silentStates = ['unmapped_fields', 'own_fields', 'unproved_names', 'fields'];

/** Items in order. `# Source:` lines hold for the items below them, up to the next blank line. */
export function citedItems(text: string): readonly CitedItem[] {
  const { transformations } = load(text) as { readonly transformations: readonly Item[] };
  const cited = sourcesById(text);
  return transformations.map((item) => {
    const silent =
      /_failure$/.test(item.type) ||
      (item.type === 'set_state' && silentStates.includes(item.key ?? ''));
    return { id: item.id, sources: cited.get(item.id) ?? [], names: namesOf(item), silent };
  });
}

function sourcesById(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let sources: readonly string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') sources = [];
    const source = /^ {2}# Source: (\S.*)$/.exec(line)?.[1];
    if (source !== undefined) sources = [...sources, source];
    const id = /^ {2}- id: (\S+)$/.exec(line)?.[1];
    if (id !== undefined) found.set(id, sources);
  }
  return found;
}

function namesOf({
  type,
  mapping = {},
  prefix,
  conditions = {},
  key,
  val,
}: Item): readonly string[] {
  switch (type) {
    case 'field_name_mapping':
      return Object.values(mapping).flat();
    case 'field_name_prefix':
      return [`${prefix}*`];
    case 'add_condition':
      return Object.keys(conditions);
    case 'set_state':
      return key === 'splunk_scope' || key === 'data_model_set' ? [String(val)] : [];
    default:
      return [];
  }
}

/** Names that the pipeline's file says no public source proves. */
export function markedNames(text: string): readonly string[] {
  const { transformations } = load(text) as { readonly transformations: readonly Item[] };
  return transformations.flatMap(({ key, val }) =>
    key === 'unproved_names' && Array.isArray(val) ? val.map(String) : [],
  );
}

/** Items that neither cite a source nor give marked names only. */
export function uncitedItems(text: string): readonly string[] {
  const marked = markedNames(text);
  const isMarked = (name: string): boolean =>
    marked.some((one) => one === name || (name.includes('="') && name.includes(one)));
  return citedItems(text)
    .filter(
      ({ silent, sources, names }) =>
        !silent && sources.length === 0 && (names.length === 0 || !names.every(isMarked)),
    )
    .map(({ id }) => id);
}

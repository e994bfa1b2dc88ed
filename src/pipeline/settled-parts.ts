import {
  type SettledBody,
  type SettledDetection,
  type SettledItem,
  type SettledSearch,
  settledItems,
} from '../query/settled.ts';

/** Calls `visit` with every item of a detection. For whoever asks each rule: no lists are made. */
export function forEachItem(
  { searches }: SettledDetection,
  visit: (item: SettledItem) => void,
): void {
  searches.forEach(({ body }) => {
    visitItems(body, visit);
  });
}

function visitItems(body: SettledBody, visit: (item: SettledItem) => void): void {
  if (body.kind === 'item') visit(body);
  else for (const entry of body.entries) visitItems(entry, visit);
}

/** Every item of a detection, in order. */
export const itemsOf = ({ searches }: SettledDetection): readonly SettledItem[] =>
  [...searches.values()].flatMap(({ body }) => settledItems(body));

/** The detections with each item replaced. What stays the same is the same object. */
export function rebuiltParts(
  parts: readonly SettledDetection[],
  replace: (item: SettledItem) => SettledBody,
): readonly SettledDetection[] {
  return parts.map((part) => {
    let searches: Map<string, SettledSearch> | undefined;
    // this runs for each item of a pipeline and each rule: `forEach` makes no pairs
    part.searches.forEach((search, name) => {
      const body = rebuilt(search.body, replace);
      if (body === search.body) return;
      searches ??= new Map(part.searches);
      searches.set(name, { name: search.name, span: search.span, body });
    });
    return searches ? { ...part, searches } : part;
  });
}

/** The body with each item replaced. What stays the same is the same object. */
export function rebuilt(
  body: SettledBody,
  replace: (item: SettledItem) => SettledBody,
): SettledBody {
  if (body.kind === 'item') return replace(body);
  let entries: SettledBody[] | undefined;
  for (let at = 0; at < body.entries.length; at++) {
    const entry = body.entries[at];
    if (!entry) continue;
    const one = rebuilt(entry, replace);
    if (one === entry) continue;
    entries ??= [...body.entries];
    entries[at] = one;
  }
  return entries ? { kind: 'group', link: body.link, entries } : body;
}

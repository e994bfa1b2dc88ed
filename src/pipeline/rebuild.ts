import type { SettledBody, SettledDetection, SettledItem, SettledSearch } from '../query/settled.ts';

/** The detections with each item replaced; what stays the same is the same object. */
export function rebuiltParts(parts: readonly SettledDetection[], replace: (item: SettledItem) => SettledBody): readonly SettledDetection[] {
  return parts.map((part) => {
    let changed = false;
    const searches = new Map<string, SettledSearch>();
    for (const [name, search] of part.searches) {
      const body = rebuilt(search.body, replace);
      if (body !== search.body) changed = true;
      searches.set(name, body === search.body ? search : { ...search, body });
    }
    return changed ? { ...part, searches } : part;
  });
}

function rebuilt(body: SettledBody, replace: (item: SettledItem) => SettledBody): SettledBody {
  if (body.kind === 'item') return replace(body);
  let changed = false;
  const entries = body.entries.map((entry) => {
    const one = rebuilt(entry, replace);
    if (one !== entry) changed = true;
    return one;
  });
  return changed ? { ...body, entries } : body;
}

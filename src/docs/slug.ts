import type { Rule } from '../sigma/collection/collection.ts';
import { byClaim } from '../sigma/collection/precedence.ts';

const longest = 100;

/** Names that Windows reserves for devices, whatever the extension. In lower case. */
export const isDeviceName = (name: string): boolean =>
  /^(?:con|prn|aux|nul|com\d|lpt\d)$/.test(name);

/** Identifies a rule: pipelines may have replaced its object. */
const placeOf = ({ file, span }: Pick<Rule, 'file' | 'span'>): string =>
  `${file.path}\n${span.start}`;

/**
 * A file name for the page of each rule, after the file of the rule: `[a-z0-9_-]+`, unique
 * regardless of case. Of several files with the same name, the rule with the best claim has the
 * plain name; the others get the first digits of their ids, those without an id a number.
 */
export function createSlugs(
  rules: readonly Pick<Rule, 'id' | 'file' | 'span' | 'titleSpan' | 'status'>[],
): (rule: Pick<Rule, 'file' | 'span'>) => string {
  const used = new Set<string>();
  const slugs = new Map<string, string>();
  const take = (slug: string, place: string): boolean => {
    if (used.has(slug)) return false;
    used.add(slug);
    slugs.set(place, slug);
    return true;
  };
  const second = rules
    .toSorted(byClaim)
    .filter((rule) => !take(slugOfFile(rule.file.path), placeOf(rule)));
  for (const rule of second) {
    const base = slugOfFile(rule.file.path);
    const digits = rule.id?.toLowerCase().replace(/[^0-9a-z]/g, '') ?? '';
    if (
      digits !== '' &&
      [8, 12, 16, 32].some((count) => take(`${base}-${digits.slice(0, count)}`, placeOf(rule)))
    )
      continue;
    for (let number = 2; !take(`${base}-${number}`, placeOf(rule)); number++);
  }
  return (rule) => slugs.get(placeOf(rule)) ?? slugOfFile(rule.file.path);
}

function slugOfFile(path: string): string {
  const name = path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '-')
    .slice(0, longest)
    .replace(/^-+|-+$/g, '');
  return name === '' || isDeviceName(name) ? `rule-${name}`.replace(/-$/, '') : name;
}

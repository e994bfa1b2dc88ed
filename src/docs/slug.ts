import type { Rule } from '../sigma/collection/collection.ts';
import { byClaim } from '../sigma/collection/precedence.ts';

const longest = 100;
// Windows keeps these names for devices, whatever follows the dot
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)$/;

/** What the page of a rule is told by: pipelines may have made another object of the rule. */
const placeOf = ({ file, span }: Pick<Rule, 'file' | 'span'>): string =>
  `${file.path}\n${span.start}`;

/**
 * A file name for the page of each rule, from that of its file: `[a-z0-9_-]+`, unique without
 * regard to case. Of several files of one name, the rule with the best claim has it alone; the
 * others get the first digits of their ids, those without an id a number.
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
  return name === '' || reserved.test(name) ? `rule-${name}`.replace(/-$/, '') : name;
}

/**
 * The modifiers of the Sigma specification 2.1 (modifiers appendix) and which may stand together.
 * `encoding` and `spelling` change text into other text, `shape` says where in the value it stands, `type` makes something else of it.
 */
export type ModifierRole = 'spelling' | 'encoding' | 'shape' | 'type' | 'part' | 'flag' | 'link';

export const modifierRoles: ReadonlyMap<string, ModifierRole> = new Map(
  Object.entries({
    expand: 'spelling',
    windash: 'spelling',
    utf16le: 'encoding',
    wide: 'encoding',
    utf16be: 'encoding',
    utf16: 'encoding',
    base64: 'encoding',
    base64offset: 'encoding',
    startswith: 'shape',
    endswith: 'shape',
    contains: 'shape',
    re: 'type',
    cidr: 'type',
    exists: 'type',
    fieldref: 'type',
    lt: 'type',
    lte: 'type',
    gt: 'type',
    gte: 'type',
    minute: 'part',
    hour: 'part',
    day: 'part',
    week: 'part',
    month: 'part',
    year: 'part',
    i: 'flag',
    m: 'flag',
    s: 'flag',
    all: 'link',
    cased: 'link',
    neq: 'link',
  } satisfies Record<string, ModifierRole>),
);

export const isComparison = (name: string): name is 'lt' | 'lte' | 'gt' | 'gte' => name === 'lt' || name === 'lte' || name === 'gt' || name === 'gte';

/** What is wrong with `name` after the modifiers `before` it; undefined when it fits. */
export function chainProblem(name: string, before: readonly string[], keyword: boolean): { message: string; hint: string } | undefined {
  const role = modifierRoles.get(name);
  const has = (...names: string[]) => names.find((other) => before.includes(other));
  const hasRole = (...roles: ModifierRole[]) => before.find((other) => roles.some((wanted) => modifierRoles.get(other) === wanted));
  const clash = (other: string | undefined, hint: string) => (other === undefined ? undefined : { message: `\`${name}\` can't follow \`${other}\``, hint });

  if (before.includes(name)) return { message: `\`${name}\` stands twice`, hint: 'Remove one of them.' };
  if (
    keyword &&
    (name === 'fieldref' || name === 'exists' || name === 'cidr' || isComparison(name) || role === 'part' || name === 'startswith' || name === 'endswith')
  ) {
    return { message: `\`${name}\` needs a field`, hint: 'Keywords are searched in the whole event; name a field before the first `|`.' };
  }
  switch (role) {
    case 'flag': {
      const place = before.lastIndexOf('re');
      if (place !== -1 && before.slice(place + 1).every((other) => modifierRoles.get(other) === 'flag')) return undefined;
      return { message: `\`${name}\` is a flag of \`re\``, hint: `Write \`re|${name}\`.` };
    }
    case 'spelling':
      return clash(hasRole('encoding'), `Put \`${name}\` before it: modifiers apply in order.`) ?? clash(hasRole('type', 'part'), 'It changes texts only.');
    case 'encoding':
      return (
        clash(hasRole('shape'), `Put \`${name}\` before it: modifiers apply in order.`) ??
        clash(hasRole('type', 'part'), 'It changes texts only.') ??
        (name.startsWith('base64')
          ? clash(has('base64', 'base64offset'), 'Encode once.')
          : clash(role === 'encoding' ? hasRole('encoding') : undefined, 'Texts become UTF-16 first, Base64 last.'))
      );
    case 'shape':
      return (
        clash(hasRole('shape'), 'Use one of contains, startswith and endswith.') ??
        clash(has('re'), 'Regular expressions match anywhere; write ^ or $ in the pattern.') ??
        clash(has('cidr', 'exists', 'lt', 'lte', 'gt', 'gte') ?? hasRole('part'), 'It fits texts and field references only.')
      );
    case 'type':
      if (isComparison(name))
        return (
          clash(hasRole('shape', 'type', 'encoding', 'spelling'), 'Comparisons take plain numbers.') ??
          clash(has('cased', 'neq'), 'Numbers have no case, and the opposite of a comparison is another one.')
        );
      if (name === 'exists') return clash(before[0], 'It stands alone.');
      if (name === 'fieldref') return clash(hasRole('type', 'encoding', 'part') ?? has('windash', 'expand'), 'It takes the name of a field.');
      return clash(
        hasRole('shape', 'type', 'encoding', 'part') ?? has('windash', 'cased'),
        name === 're' ? 'A pattern stands for itself.' : 'It takes an address block.',
      );
    case 'part':
      return clash(
        hasRole('shape', 'type', 'encoding', 'spelling', 'part') ?? has('cased'),
        'A part of a date comes first, a comparison after it: `field|hour|gte: 22`.',
      );
    default:
      return name === 'cased' || name === 'neq' ? linkProblem(name, before, clash, hasRole, has) : clash(has('exists'), 'It takes one boolean.');
  }
}

function linkProblem<T>(
  name: string,
  before: readonly string[],
  clash: (other: string | undefined, hint: string) => T | undefined,
  hasRole: (...roles: ModifierRole[]) => string | undefined,
  has: (...names: string[]) => string | undefined,
): T | undefined {
  if (name === 'neq') return clash(has('exists') ?? before.find(isComparison), 'Use the opposite comparison, or `not` in the condition.');
  return (
    clash(has('re'), 'Regular expressions are case-sensitive already.') ??
    clash(has('cidr', 'exists') ?? before.find(isComparison) ?? hasRole('part'), 'Only texts have a case.')
  );
}

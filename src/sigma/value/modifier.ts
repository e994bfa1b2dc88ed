/**
 * What a modifier of the Sigma specification 2.1 (modifiers appendix) does, which decides what it
 * can be combined with. `encoding` and `spelling` change text, `shape` sets where in the value the
 * text is, `type` makes something other than text of it.
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

/** pySigma's other names for the flags of `re`. */
const modifierAliases: ReadonlyMap<string, string> = new Map([
  ['ignorecase', 'i'],
  ['multiline', 'm'],
  ['dotall', 's'],
]);

/**
 * The modifier that a name in another letter case, with blanks around it or in pySigma's spelling
 * means; otherwise the name as written.
 */
export function canonicalModifier(name: string): string {
  if (modifierRoles.has(name)) return name;
  const word = name.trim().toLowerCase();
  const meant = modifierAliases.get(word) ?? word;
  return modifierRoles.has(meant) ? meant : name;
}

export const isComparison = (name: string): name is 'lt' | 'lte' | 'gt' | 'gte' =>
  name === 'lt' || name === 'lte' || name === 'gt' || name === 'gte';

type Clash = readonly [others: readonly string[], hint: string];

const ofRoles = (...roles: ModifierRole[]): readonly string[] =>
  [...modifierRoles].filter(([, role]) => roles.includes(role)).map(([name]) => name);
const comparisons = [...modifierRoles.keys()].filter(isComparison);
const inOrder = 'Put it before that: modifiers apply in order.';
const textsOnly: Clash = [ofRoles('type', 'part'), 'It changes texts only.'];
const utf16: readonly Clash[] = [
  [ofRoles('shape'), inOrder],
  textsOnly,
  [ofRoles('encoding'), 'Texts become UTF-16 first, Base64 last.'],
];
const base64: readonly Clash[] = [
  [ofRoles('shape'), inOrder],
  textsOnly,
  [['base64', 'base64offset'], 'Encode once.'],
];
const comparison: readonly Clash[] = [
  [comparisons, 'A range is two keys: `field|gt: 1` and `field|lt: 5`.'],
  [ofRoles('shape', 'type', 'encoding', 'spelling'), 'Comparisons take plain numbers.'],
  [['cased', 'neq'], 'Numbers have no case, and the opposite of a comparison is another one.'],
];

const clashesByName: Readonly<Record<string, readonly Clash[]>> = {
  utf16le: utf16,
  wide: utf16,
  utf16be: utf16,
  utf16,
  base64,
  base64offset: base64,
  lt: comparison,
  lte: comparison,
  gt: comparison,
  gte: comparison,
  exists: [
    [[...modifierRoles.keys()], 'Leave `exists` alone: it asks for the field, whatever its value.'],
  ],
  fieldref: [
    [
      [...ofRoles('type', 'encoding', 'part'), 'windash', 'expand'],
      'It takes the name of a field.',
    ],
  ],
  re: [
    [
      ofRoles('shape'),
      'Remove that one: regular expressions match anywhere; write ^ or $ in the pattern.',
    ],
    [['cased'], 'Remove that one: regular expressions are case-sensitive already.'],
    [['expand'], 'Write `re|expand`.'],
    [ofRoles('type', 'encoding', 'part', 'spelling'), 'A pattern stands for itself.'],
  ],
  cidr: [
    [
      [...ofRoles('shape', 'type', 'encoding', 'part'), 'windash', 'cased'],
      'Remove that one: `cidr` looks at whole addresses.',
    ],
  ],
  expand: [
    [ofRoles('encoding'), inOrder],
    [
      ofRoles('type', 'part').filter((name) => name !== 'cidr' && name !== 're'),
      'It changes texts only.',
    ],
  ],
  all: [[['exists'], 'It takes one boolean.']],
  neq: [[['exists', ...comparisons], 'Use the opposite comparison, or `not` in the condition.']],
  cased: [
    [['re'], 'Regular expressions are case-sensitive already.'],
    [['cidr', 'exists', ...comparisons, ...ofRoles('part')], 'Only texts have a case.'],
  ],
};

const clashesByRole: Readonly<Partial<Record<ModifierRole, readonly Clash[]>>> = {
  spelling: [[ofRoles('encoding'), inOrder], textsOnly],
  shape: [
    [ofRoles('shape'), 'Use one of contains, startswith and endswith.'],
    [['re'], 'Regular expressions match anywhere; write ^ or $ in the pattern.'],
    [
      ['cidr', 'exists', ...comparisons, ...ofRoles('part')],
      'It fits texts and field references only.',
    ],
  ],
  part: [
    [
      [...ofRoles('shape', 'type', 'encoding', 'spelling', 'part'), 'cased'],
      'A part of a date comes first, a comparison after it: `field|hour|gte: 22`.',
    ],
  ],
};

const wantsField: ReadonlySet<string> = new Set([
  'fieldref',
  'exists',
  'cidr',
  'startswith',
  'endswith',
  ...comparisons,
  ...ofRoles('part'),
]);

/** Why `name` can't follow the modifiers `before` it; undefined if it can. */
export function chainError(
  name: string,
  before: readonly string[],
  keyword: boolean,
): { message: string; hint: string } | undefined {
  if (before.includes(name))
    return { message: `\`${name}\` appears twice`, hint: 'Remove one of them.' };
  if (keyword && wantsField.has(name)) {
    return {
      message: `\`${name}\` needs a field`,
      hint: 'Keywords are searched in the whole event; name a field before the first `|`.',
    };
  }
  const role = modifierRoles.get(name);
  if (role === undefined) return undefined;
  if (role === 'flag') return followsRegex(before) ? undefined : flagAlone(name, before);
  for (const [others, hint] of clashesByName[name] ?? clashesByRole[role] ?? []) {
    const other = before.find((earlier) => others.includes(earlier));
    if (other !== undefined) return { message: `\`${name}\` can't follow \`${other}\``, hint };
  }
  return undefined;
}

function flagAlone(name: string, before: readonly string[]): { message: string; hint: string } {
  const hint = before.includes('re')
    ? 'Put it right behind `re`.'
    : `Write \`re|${name}\`` +
      `${name === 'i' ? '; texts match in either letter case without it' : ''}.`;
  return { message: `\`${name}\` is a flag of \`re\``, hint };
}

/** True if there are only flags and `expand` after `re`. */
function followsRegex(before: readonly string[]): boolean {
  const place = before.lastIndexOf('re');
  return (
    place !== -1 &&
    before
      .slice(place + 1)
      .every((other) => other === 'expand' || modifierRoles.get(other) === 'flag')
  );
}

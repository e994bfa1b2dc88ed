import { type Correlation, holdsOfNone, isAbsence } from './evaluator.ts';

/**
 * Rules that the correlations refer to: one for each kind of event, and one for events of all
 * kinds.
 */
export const baseRules = ['a', 'b', 'c', 'd']
  .map(
    (kind) =>
      `title: Kind ${kind}\nname: ${kind}\nstatus: test\nlogsource: { product: day, service: ${kind === 'c' ? 'other' : 'same'} }\ndetection: { sel: { ${kind === 'd' ? 'port|startswith: "1"' : `kind: ${kind}`} }, condition: sel }\n`,
  )
  .join('---\n');

type Condition = Correlation['condition'];
type Draft = Omit<Correlation, 'name' | 'timespan' | 'groupBy' | 'fields'> &
  Partial<Pick<Correlation, 'fields'>>;

const counts: readonly Condition[] = [
  [['gte', 3]],
  [['gt', 5]],
  [['lt', 4]],
  [['lte', 2]],
  [['eq', 3]],
  [['neq', 2]],
  [
    ['gte', 2],
    ['lt', 6],
    ['neq', 4],
  ],
  [
    ['gt', 1],
    ['lte', 3],
  ],
];
const nothing: readonly Condition[] = [[['lt', 1]], [['eq', 0]], [['lte', 0]]];
const sizes: readonly Condition[] = [
  [['gte', 60]],
  [['gt', 45]],
  [['lt', 40]],
  [['lte', 30]],
  [['eq', 50]],
  [['neq', 50]],
  [
    ['gte', 20],
    ['lt', 70],
  ],
];

const drafts: readonly Draft[] = [
  ...[...counts, ...nothing].map((condition) => ({ type: 'event_count', rules: ['a'], condition })),
  ...counts.slice(0, 5).map((condition) => ({ type: 'event_count', rules: ['a', 'b'], condition })),
  ...[counts[2], counts[4], nothing[0]].map((condition) => ({
    type: 'event_count',
    rules: ['a', 'c'],
    condition: condition ?? [],
  })),
  ...[...counts, ...nothing.slice(0, 2)].map((condition) => ({
    type: 'value_count',
    rules: ['a'],
    condition,
    fields: ['host'],
  })),
  ...counts.slice(0, 3).map((condition) => ({
    type: 'value_count',
    rules: ['a', 'b'],
    condition,
    fields: ['port', 'host'],
  })),
  ...sizes.map((condition) => ({
    type: 'value_sum',
    rules: ['a'],
    condition: condition.map(([operator, wanted]) => [operator, wanted * 3] as const),
    fields: ['size'],
  })),
  ...sizes.map((condition) => ({
    type: 'value_avg',
    rules: ['a', 'b'],
    condition,
    fields: ['size'],
  })),
  ...sizes.slice(0, 5).map((condition) => ({
    type: 'value_percentile',
    rules: ['a'],
    condition,
    fields: ['size'],
    percentile: 75,
  })),
  ...sizes
    .slice(0, 5)
    .map((condition) => ({ type: 'value_median', rules: ['a'], condition, fields: ['size'] })),
  { type: 'temporal', rules: ['a', 'b'], condition: [] },
  { type: 'temporal', rules: ['a', 'b', 'c'], condition: [] },
  ...([[['gte', 2]], [['lt', 2]], [['eq', 2]], [['neq', 3]], [['eq', 0]]] as const).map(
    (condition) => ({
      type: 'temporal',
      rules: ['a', 'b', 'c'],
      condition,
    }),
  ),
  { type: 'temporal_ordered', rules: ['a', 'b'], condition: [] },
  { type: 'temporal_ordered', rules: ['b', 'a'], condition: [] },
  { type: 'temporal_ordered', rules: ['a', 'c', 'b'], condition: [] },
];

interface Chain {
  readonly inner: Draft;
  readonly outer: Draft;
}

const chains: readonly Chain[] = [
  {
    inner: { type: 'event_count', rules: ['a'], condition: [['gte', 2]] },
    outer: { type: 'temporal', rules: ['inner', 'b'], condition: [] },
  },
  {
    inner: { type: 'event_count', rules: ['a'], condition: [['lt', 3]] },
    outer: { type: 'event_count', rules: ['inner'], condition: [['gte', 2]] },
  },
  {
    inner: { type: 'value_avg', rules: ['a'], condition: [['lt', 40]], fields: ['size'] },
    outer: { type: 'event_count', rules: ['inner'], condition: [['lt', 3]] },
  },
  {
    inner: { type: 'value_count', rules: ['a'], condition: [['gte', 2]], fields: ['host'] },
    outer: { type: 'temporal_ordered', rules: ['inner', 'b'], condition: [] },
  },
  {
    inner: { type: 'temporal_ordered', rules: ['b', 'a'], condition: [] },
    outer: { type: 'value_count', rules: ['inner'], condition: [['gte', 2]], fields: ['host'] },
  },
  {
    inner: { type: 'event_count', rules: ['a'], condition: [['gte', 2]] },
    outer: { type: 'event_count', rules: ['inner'], condition: [['lt', 1]] },
  },
];

/** The user of one rule is the peer of the other; some events fulfil both. */
const perRule = { who: { a: 'user', d: 'peer' } } as const;
const swapped = { user: { a: 'user', d: 'peer' }, peer: { a: 'peer', d: 'user' } } as const;
const aliased: readonly (Draft & Pick<Correlation, 'groupBy'>)[] = [
  ...counts.slice(0, 5).map((condition) => ({
    type: 'event_count',
    rules: ['a', 'd'],
    condition,
    groupBy: ['who'],
    aliases: perRule,
  })),
  {
    type: 'event_count',
    rules: ['a', 'd'],
    condition: [['gte', 3]],
    groupBy: ['user', 'peer'],
    aliases: swapped,
  },
  {
    type: 'event_count',
    rules: ['a', 'd'],
    condition: [['lt', 1]],
    groupBy: ['who'],
    aliases: perRule,
  },
  {
    type: 'value_count',
    rules: ['a', 'd'],
    condition: [['gte', 3]],
    groupBy: ['host'],
    fields: ['who'],
    aliases: perRule,
  },
  {
    type: 'value_count',
    rules: ['a', 'd'],
    condition: [['lt', 2]],
    groupBy: [],
    fields: ['who'],
    aliases: perRule,
  },
  {
    type: 'value_sum',
    rules: ['a', 'd'],
    condition: [['gte', 180]],
    groupBy: ['who'],
    fields: ['size'],
    aliases: perRule,
  },
  {
    type: 'value_sum',
    rules: ['a', 'd'],
    condition: [['lt', 90]],
    groupBy: ['user'],
    fields: ['n'],
    aliases: { n: { a: 'size', d: 'port' } },
  },
  {
    type: 'value_avg',
    rules: ['a', 'd'],
    condition: [['gte', 45]],
    groupBy: ['who'],
    fields: ['size'],
    aliases: perRule,
  },
  { type: 'temporal', rules: ['a', 'd'], condition: [], groupBy: ['who'], aliases: perRule },
  {
    type: 'temporal',
    rules: ['a', 'd'],
    condition: [],
    groupBy: ['user', 'peer'],
    aliases: swapped,
  },
  {
    type: 'temporal',
    rules: ['a', 'd'],
    condition: [['lt', 2]],
    groupBy: ['who'],
    aliases: perRule,
  },
  {
    type: 'temporal_ordered',
    rules: ['d', 'a'],
    condition: [],
    groupBy: ['who'],
    aliases: perRule,
  },
  {
    type: 'temporal_ordered',
    rules: ['a', 'd'],
    condition: [],
    groupBy: ['user', 'peer'],
    aliases: swapped,
  },
];
/** Aliases of the correlation below are known above. */
const aliasedChains: readonly Chain[] = [
  {
    inner: { type: 'event_count', rules: ['a', 'd'], condition: [['gte', 2]], aliases: perRule },
    outer: {
      type: 'temporal',
      rules: ['inner', 'b'],
      condition: [],
      aliases: { who: { b: 'user' } },
    },
  },
  {
    inner: {
      type: 'event_count',
      rules: ['d'],
      condition: [['gte', 2]],
      aliases: { user: { d: 'peer' } },
    },
    outer: { type: 'temporal_ordered', rules: ['inner', 'b'], condition: [] },
  },
  {
    inner: { type: 'temporal', rules: ['a', 'd'], condition: [], aliases: perRule },
    outer: { type: 'event_count', rules: ['inner'], condition: [['gte', 2]] },
  },
  {
    inner: {
      type: 'value_count',
      rules: ['a'],
      condition: [['gte', 2]],
      fields: ['host'],
      aliases: { user: { a: 'peer' } },
    },
    outer: { type: 'value_count', rules: ['inner'], condition: [['gte', 2]], fields: ['host'] },
  },
];

/** A rule of a day, with its settings as `sigpack:` has them. */
export interface DayRule {
  readonly correlation: Correlation;
  readonly settings: string;
}

const spans = [90, 600, 3600];
const groups: readonly (readonly string[])[] = [[], ['user'], ['user', 'host']];
const schedules = [
  'interval: 15m',
  'interval: 5m',
  'interval: 1h',
  "cron: '7,27,47 * * * *'",
  'interval: 7m',
  'interval: 1m',
  "cron: '41 */2 * * *'",
];

const whole = (
  draft: Draft,
  name: string,
  timespan: number,
  groupBy: readonly string[],
): Correlation => ({ fields: [], ...draft, name, timespan, groupBy });

function correlationsOf(): readonly Correlation[] {
  const plain = drafts.flatMap((draft, kind) =>
    spans.flatMap((timespan, at) =>
      // each span with two of the three groupings
      groups
        .filter((_, index) => (index + kind + at) % 3 !== 0)
        .map((groupBy, index) => whole(draft, `d${kind}_${at}_${index}`, timespan, groupBy)),
    ),
  );
  const chained = chains.flatMap(({ inner, outer }, kind) =>
    spans.slice(0, 2).map((timespan, at): Correlation => {
      const below = whole(inner, `i${kind}_${at}`, timespan, ['user']);
      const rules = outer.rules.map((name) => (name === 'inner' ? below.name : name));
      return {
        ...whole({ ...outer, rules }, `c${kind}_${at}`, timespan === 90 ? 600 : 900, ['user']),
        inner: [below],
      };
    }),
  );
  const withAliases = aliased.flatMap((draft, kind) =>
    spans.map((timespan, at) => whole(draft, `a${kind}_${at}`, timespan, draft.groupBy)),
  );
  const chainedAliases = aliasedChains.flatMap(({ inner, outer }, kind) =>
    spans.slice(0, 2).map((timespan, at): Correlation => {
      const groupBy = Object.keys(inner.aliases ?? {});
      const below = whole(inner, `ai${kind}_${at}`, timespan, groupBy);
      const aliases = outer.aliases && { who: { [below.name]: 'who', ...outer.aliases.who } };
      const rules = outer.rules.map((name) => (name === 'inner' ? below.name : name));
      return {
        ...whole(
          { ...outer, rules, ...(aliases ? { aliases } : {}) },
          `ac${kind}_${at}`,
          timespan === 90 ? 600 : 900,
          groupBy,
        ),
        inner: [below],
      };
    }),
  );
  return [...plain, ...chained, ...withAliases, ...chainedAliases];
}

/** More than 300 rules, in an order that spreads types over any sample. */
export const dayRules: readonly DayRule[] = correlationsOf().map((correlation, index) => ({
  correlation,
  settings: schedules[index % schedules.length] ?? '',
}));

const clock = (seconds: number): string =>
  seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;

/** The rule as a Sigma document, those below it before. */
export function documentsOf(
  {
    name,
    type,
    rules,
    groupBy,
    timespan,
    condition,
    fields,
    percentile,
    aliases,
    inner = [],
  }: Correlation,
  settings = '',
): string {
  const parts = [
    ...condition.map(([operator, wanted]) => `${operator}: ${wanted}`),
    ...(fields.length > 0 ? [`field: [${fields.join(', ')}]`] : []),
    ...(percentile === undefined ? [] : [`percentile: ${percentile}`]),
  ];
  const lines = [
    `title: Correlation ${name}`,
    `name: ${name}`,
    'status: test',
    'correlation:',
    `  type: ${type}`,
    `  rules: [${rules.join(', ')}]`,
    ...(groupBy.length > 0 ? [`  group-by: [${groupBy.join(', ')}]`] : []),
    `  timespan: ${clock(timespan)}`,
    ...(aliases ? [`  aliases: ${JSON.stringify(aliases)}`] : []),
    ...(parts.length > 0 ? [`  condition: { ${parts.join(', ')} }`] : []),
    ...(settings === '' ? [] : [`sigpack: { ${settings} }`]),
  ];
  return [...inner.map((below) => documentsOf(below)), `${lines.join('\n')}\n`].join('---\n');
}

/** Rules that `stats` has fixed windows for; the others keep their sliding ones. */
export const hasFixedWindows = (correlation: Correlation): boolean => {
  const silence =
    correlation.groupBy.length === 0 ? holdsOfNone(correlation) : isAbsence(correlation);
  return !correlation.inner && correlation.type !== 'temporal_ordered' && !silence;
};

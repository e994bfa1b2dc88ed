import { expect, test } from 'vitest';
import { planIngest } from '../src/backend/graylog/ingest/ingest-plan.ts';
import type { IngestRule } from '../src/backend/graylog/ingest/ingest-rule.ts';
import type { Condition, LiteralLeaf } from '../src/backend/graylog/pipeline-rule/condition.ts';
import type { LogSource } from '../src/sigma/rule/rule.ts';
import { ingestOptions, interpreted, tagsOf } from './ingest-agreement.ts';
import { interpreterOf } from './judges/pipeline-rules/interpreter.ts';
import { gelfMessage } from './judges/pipeline-rules/message.ts';

const leaf = (field: string, at: LiteralLeaf['at'], text: string): LiteralLeaf => ({
  kind: 'literal',
  field,
  spelling: 'folded',
  at,
  text,
});

const id = (number: number): string => `${String(number).padStart(8, '0')}-aaaa-bbbb`;

const rule = (
  number: number,
  condition: Condition,
  more: Partial<IngestRule> = {},
): IngestRule => ({
  id: id(number),
  title: `Rule ${number}`,
  level: 'high',
  tactics: [],
  techniques: [],
  alert: true,
  entityFields: [],
  hitFields: [],
  logSource: { product: 'windows', category: 'process_creation' },
  condition: { kind: 'and', operands: [leaf('EventID', 'whole', '1'), condition] },
  ...more,
});

/** Literals that begin with others, hold others, and overlap. */
const texts = ['a', 'ab', 'abc', 'bc', 'b', ' abc', 'abcabc', 'ca', '–x', '😀', '😀😁', '^$.[]()|'];
const rules = texts.flatMap((text, index) =>
  (['inside', 'start', 'end'] as const).map((at, place) =>
    rule(index * 3 + place, leaf('CommandLine', at, text)),
  ),
);

const idsOf = (
  list: readonly IngestRule[],
  fields: Readonly<Record<string, unknown>>,
): ReadonlySet<string> => {
  const { message: text = 'event', ...others } = fields;
  const message = gelfMessage(others, { message: String(text), source: 'host' });
  const { ids, wrong } = tagsOf(interpreted(planIngest(list, ingestOptions)), message);
  expect(wrong).toEqual([]);
  return ids;
};

test.each([
  'abcabc',
  'xabcab',
  'ca–x abc',
  '😀😁',
  'a😀',
  '^$.[]()|',
  'xyz',
  // marks of starts and ends in the value itself
  'x\u0002ab\u0003x\u0001',
])('literals that overlap are all found in %j', (value) => {
  const wanted = texts.flatMap((text, index) =>
    [value.includes(text), value.startsWith(text), value.endsWith(text)].flatMap((holds, place) =>
      holds ? [id(index * 3 + place)] : [],
    ),
  );
  expect([...idsOf(rules, { EventID: 1, CommandLine: value })].sort()).toEqual(wanted.sort());
});

test('literals of which each begins the next are found, however many', () => {
  const word = 'powershell.exe';
  const prefixes = Array.from(word, (_, at) => word.slice(0, at + 1));
  const nested = prefixes.map((text, at) => rule(at, leaf('CommandLine', 'inside', text)));
  for (const value of ['x', 'pow', 'x powershel', word, `pow ${word}`])
    expect([...idsOf(nested, { EventID: 1, CommandLine: value })].sort()).toEqual(
      prefixes.flatMap((text, at) => (value.includes(text) ? [id(at)] : [])),
    );
});

test('a sender can’t set what only the pipelines may', () => {
  const plan = planIngest(rules, ingestOptions);
  const flags = plan.rules.flatMap(({ source }) => [...source.matchAll(/\bsigpack_\w+/g)].flat());
  const forged = Object.fromEntries(flags.map((name) => [name, '1']));
  expect(idsOf(rules, { EventID: 1, CommandLine: 'xyz', ...forged })).toEqual(new Set());
});

test('the plan does not depend on the order of the rules', () => {
  expect(planIngest([...rules].reverse(), ingestOptions)).toEqual(planIngest(rules, ingestOptions));
});

test('another rule changes few texts, and none of another log source', () => {
  const others = Array.from({ length: 40 }, (_, number) =>
    rule(200 + number, leaf('Url', 'inside', `x${number}`), { logSource: { product: 'other' } }),
  );
  const list = [...rules, ...others];
  const before = new Set(planIngest(list, ingestOptions).rules.map(({ source }) => source));
  const more = [...list, rule(900, leaf('CommandLine', 'inside', 'mimikatz'))];
  const changed = planIngest(more, ingestOptions).rules.filter(({ source }) => !before.has(source));
  // the text of its log source, the records of hits
  expect(changed).toHaveLength(2);
  expect(changed.flatMap(({ ids }) => ids)).toEqual([...rules.map((one) => one.id), id(900)]);
});

const present = (field: string): Condition => ({ kind: 'present', field });
const not = (operand: Condition): Condition => ({ kind: 'not', operand });
const allOf = (...operands: Condition[]): Condition => ({ kind: 'and', operands });
const anyOf = (...operands: Condition[]): Condition => ({ kind: 'or', operands });

/** Rules of log sources that no comparison tells apart. */
const ungated = [
  leaf('CommandLine', 'inside', 'nc '),
  anyOf(leaf('Image', 'end', '/nc'), leaf('User', 'whole', 'root')),
  not(present('Agent')),
  allOf(not(present('Agent')), leaf('Url', 'start', '/admin')),
  anyOf(leaf('message', 'inside', 'segfault'), leaf('Url', 'start', '/cgi')),
].map((condition, number) =>
  rule(number, condition, {
    condition,
    logSource: { product: number < 3 ? 'linux' : 'web', category: 'any' },
  }),
);

test.each([
  [{ CommandLine: 'nc 1', Agent: 'a' }, [0]],
  [{ Image: '/bin/nc', Agent: 'a' }, [1]],
  [{ User: 'ROOT', Agent: 'a' }, [1]],
  [{ Other: 1 }, [2]],
  [{ Url: '/admin' }, [2, 3]],
  [{ Url: '/admin', Agent: 'a' }, []],
  [{ Url: '/cgi-bin', Agent: 'a' }, [4]],
  [{ message: 'a Segfault', Agent: 'a' }, [4]],
])('a log source is known by the fields of its rules: %j', (fields, numbers) => {
  expect([...idsOf(ungated, fields)].sort()).toEqual(numbers.map(id));
});

/** Enough rules for buckets, all of a channel; some of their words are those of other channels. */
const manyOf = (channel: string, logSource: LogSource, first: number): readonly IngestRule[] =>
  Array.from({ length: 60 }, (_, number) => {
    const fields = ['CommandLine', `Of${channel}`];
    const words = fields.map((field) => leaf(field, 'inside', `word${number}-`));
    const condition = allOf(leaf('Channel', 'whole', channel), anyOf(...words));
    return rule(first + number, condition, { logSource, condition });
  });

test('a log source that is called like a group of another one has a mark of its own', () => {
  const logSource = { product: 'x', category: 'y' };
  const list = [
    rule(0, present('Other'), { logSource, condition: present('Other') }),
    ...manyOf('a', logSource, 100),
    ...manyOf('b', { product: 'x', category: 'y 2' }, 200),
  ];
  const CommandLine = 'word7-';
  expect(idsOf(list, { Channel: 'a', CommandLine })).toEqual(new Set([id(107)]));
  expect(idsOf(list, { Channel: 'b', CommandLine })).toEqual(new Set([id(207)]));
});

test('a log source that is called like the rules without one has pipeline rules of its own', () => {
  const condition = anyOf(not(present('Agent')), leaf('User', 'whole', 'root'));
  const list = [
    rule(1, condition, { condition }),
    rule(2, condition, {
      condition: leaf('User', 'whole', 'root'),
      logSource: { product: 'any', category: 'message' },
    }),
  ];
  expect(idsOf(list, { User: 'root', Agent: 'a' })).toEqual(new Set([id(1), id(2)]));
});

test('no text has the title of another one without its digest', () => {
  const logSource = { product: 'x', category: 'y' };
  const of = (channel: string, first: number, source: LogSource): readonly IngestRule[] =>
    [0, 1, 2].flatMap((more) => manyOf(channel, source, first + more * 100));
  const list = [
    ...of('a', 1000, logSource),
    ...of('b', 2000, logSource).slice(1),
    ...of('c', 3000, { product: 'x', category: 'y', service: 'rest' }),
    ...of('d', 4000, { product: 'x', category: 'y', service: '3' }),
  ];
  const { rules: made, pipelines } = planIngest(list, ingestOptions);
  const titles = [...made, ...pipelines].map(({ name }) => name.replace(/ [0-9a-f]{8}$/, ''));
  expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
});

test('a log source of few rules is one text, and all texts are in two pipelines', () => {
  const sources = Array.from({ length: 20 }, (_, source) =>
    Array.from({ length: 40 }, (_unused, number) =>
      rule(source * 40 + number, leaf('CommandLine', 'inside', `x${number}`), {
        logSource: { product: `product ${source}` },
      }),
    ),
  );
  const { rules: texts, pipelines } = planIngest(sources.flat(), ingestOptions);
  expect(texts.filter(({ ids }) => ids.length > 0)).toHaveLength(sources.length);
  expect(pipelines).toHaveLength(2);
});

/** Log sources of a product with a rule each, which are told apart by a comparison or by fields. */
const small = Array.from({ length: 6 }, (_, source) => {
  const own = leaf('CommandLine', source % 2 === 0 ? 'inside' : 'end', 'nc');
  const gate = source < 3 ? leaf('EventID', 'whole', String(source)) : present(`Of${source}`);
  const condition = allOf(gate, own);
  return rule(source, condition, {
    condition,
    logSource: { product: 'windows', category: `category ${source}` },
  });
});

test('log sources of few rules share texts, and stay apart', () => {
  const { rules: texts } = planIngest(small, ingestOptions);
  expect(texts.filter(({ ids }) => ids.length > 0).length).toBeLessThan(small.length);
  for (const [source, fields] of [
    { EventID: 0 },
    { EventID: 1 },
    { EventID: 2 },
    { Of3: 'x' },
    { Of4: 'x' },
    { Of5: 'x' },
  ].entries()) {
    expect(idsOf(small, { ...fields, CommandLine: 'x NC' })).toEqual(new Set([id(source)]));
    const inside = idsOf(small, { ...fields, CommandLine: 'x nc y' });
    expect(inside).toEqual(new Set(source % 2 === 0 ? [id(source)] : []));
  }
  expect(idsOf(small, { EventID: 9, CommandLine: 'nc' })).toEqual(new Set());
});

/** Rules that all hit one message; more than one table of their records has. */
const many = Array.from({ length: 300 }, (_, number) =>
  rule(number, leaf('CommandLine', 'inside', `word${number}-`), {
    level: number === 0 ? 'critical' : 'low',
    tactics: number % 2 === 0 ? ['discovery', `tactic-${number}`] : [],
    hitFields: ['CommandLine', `Field${number}`],
  }),
);

/** The message of some of these rules, and the hits that it has. */
function processedBy(numbers: readonly number[]) {
  const message = gelfMessage({
    EventID: 1,
    CommandLine: numbers.map((number) => `word${number}-`).join(' '),
    ...Object.fromEntries(numbers.map((number) => [`Field${number}`, `value ${number}`])),
  });
  const hits = interpreted(planIngest(many, ingestOptions))
    .process(message)
    .filter((one) => one !== message);
  expect(message.errors).toEqual([]);
  return { message, hits };
}

test('each hit has what its rule says, however many rules there are', () => {
  const numbers = [0, 7, 8, 150, 299];
  const { message, hits } = processedBy(numbers);
  const shown = hits.map((hit) => [
    hit.field('sigma_rule'),
    hit.field('sigma_title'),
    hit.field('sigma_level'),
    hit.field('sigma_tactics'),
    ...numbers.map((number) => hit.field(`Field${number}`)),
  ]);
  expect(shown.sort()).toEqual(
    numbers.map((number) => [
      id(number),
      `Rule ${number}`,
      number === 0 ? 'critical' : 'low',
      number % 2 === 0 ? `discovery, tactic-${number}` : '-',
      ...numbers.map((other) => (other === number ? `value ${number}` : null)),
    ]),
  );
  expect(message.field('sigma_level')).toBe('critical');
  const tactics = message.field('sigma_tactics');
  expect(Array.isArray(tactics) && [...tactics].sort()).toEqual([
    'discovery',
    'tactic-0',
    'tactic-150',
    'tactic-8',
  ]);
});

test('a message without a rule of a tactic gets none', () => {
  expect(processedBy([7, 9]).message.field('sigma_tactics')).toBeNull();
});

test.each([
  [64, 0],
  [65, 1],
  [300, 1],
])(
  'a message of %i rules has all tags, and a hit that says so if it has not all hits',
  (count, more) => {
    const { message, hits } = processedBy([...Array(count).keys()]);
    const all = message.field('sigma_rules');
    expect(Array.isArray(all) && [...all].sort()).toEqual(
      many.slice(0, count).map((one) => one.id),
    );
    expect(message.field('sigma_level')).toBe('critical');
    const named = hits.map((hit) => String(hit.field('sigma_rule')));
    expect(new Set(named).size).toBe(64 + more);
    expect(hits).toHaveLength(64 + more);
    const last = hits.find((hit) => hit.field('sigma_rule') === '-');
    expect(last?.field('sigma_title') ?? null).toBe(
      more === 1 ? 'More than 64 rules hit one message: its sigma_rules names all' : null,
    );
  },
);

test.each([
  [0, 'critical'],
  [1, 'high'],
])('the hit for those left out has the level of a critical one: from rule %i on', (from, level) => {
  const { hits } = processedBy(Array.from({ length: 70 }, (_, at) => from + at));
  const last = hits.find((hit) => hit.field('sigma_rule') === '-');
  expect(last?.field('sigma_level')).toBe(level);
});

test('hostile titles and values stay texts', () => {
  const title = 'x"; drop_message(); // \n end rule "y" \\';
  const hostile = rule(1, leaf('CommandLine', 'inside', '"); drop_message(); ("'), { title });
  const plan = planIngest([hostile], ingestOptions);
  const message = gelfMessage({ EventID: 1, CommandLine: 'a"); DROP_message(); ("b' });
  const made = interpreted(plan).process(message);
  expect(made).toHaveLength(2);
  expect(made.find((one) => one !== message)?.field('sigma_title')).toBe(title.replace('\n', ' '));
});

test('a long title is cut between characters', () => {
  const title = `${'a'.repeat(249)}😀`;
  const plan = planIngest([rule(1, leaf('Image', 'end', 'x'), { title })], ingestOptions);
  const message = gelfMessage({ EventID: 1, Image: 'x' });
  const made = interpreted(plan).process(message);
  const hit = made.find((one) => one !== message);
  expect([hit?.field('sigma_title'), hit?.field('message')]).toEqual(
    Array(2).fill('a'.repeat(249)),
  );
});

test.each([
  [{ User: 'ann', Computer: 'srv-1' }, 'ann', 'user'],
  [{ Computer: 'srv-1' }, 'srv-1', 'system'],
  [{}, '-', null],
])('the first field that a message has names the entity: %j', (fields, entity, type) => {
  const entityFields = [
    { name: 'User', type: 'user' },
    { name: 'Computer', type: 'system' },
  ];
  const plan = planIngest([rule(1, leaf('Image', 'end', 'x'), { entityFields })], ingestOptions);
  const message = gelfMessage({ EventID: 1, Image: 'x', ...fields });
  const hit = interpreted(plan)
    .process(message)
    .find((one) => one !== message);
  expect(message.errors).toEqual([]);
  expect(hit?.field('sigma_entity')).toBe(entity);
  expect(hit?.field('sigma_entity_type')).toBe(type);
});

/** Puts a message of the stream A into B, after it has got a field there. */
const router = {
  rules: [
    {
      name: 'route',
      source:
        'rule "route" when true then set_field("Image", "x"); route_to_stream(name: "B"); end\n',
    },
  ],
  pipelines: [
    { name: 'router', source: 'pipeline "router"\nstage 3 match pass\n  rule "route";\nend\n' },
  ],
};

test.each([
  ['is tested in both', ['A', 'B'], ['A'], { User: 'ann' }, 2],
  ['came in with both', ['A', 'B'], ['A', 'B'], { User: 'ann' }, 1],
  ['is tested where it comes from', ['A'], ['A'], { User: 'ann' }, 1],
  ['is tested where it gets to', ['B'], ['A'], { User: 'ann' }, 1],
  ['has its field where it gets to', ['B'], ['A'], {}, 1],
  ['has its field too late where it comes from', ['A'], ['A'], {}, 0],
  ['has its field in one of the two', ['A', 'B'], ['A'], {}, 1],
])('a message that a pipeline routes %s', (_, tested, streams, fields, hits) => {
  const all = anyOf(leaf('User', 'whole', 'ann'), leaf('Image', 'whole', 'x'));
  const plan = planIngest([rule(1, all)], ingestOptions);
  const message = gelfMessage({ EventID: 1, ...fields });
  message.streams.clear();
  for (const stream of streams) message.streams.add(stream);
  const processed = interpreterOf(
    {
      rules: [...plan.rules, ...router.rules],
      pipelines: [...plan.pipelines, ...router.pipelines],
    },
    {
      connections: new Map([
        ...plan.pipelines.map(({ name }) => [name, tested] as const),
        ['router', ['A']] as const,
      ]),
      streams: [ingestOptions.detectionsStream],
    },
  ).process(message);
  expect(message.errors).toEqual([]);
  expect(processed.filter((one) => one !== message)).toHaveLength(hits);
  // the tag is there once, however often the message is tested
  expect(message.field('sigma_rules')).toEqual(hits === 0 ? null : [id(1)]);
});

test('the level of a message is the highest of both tests', () => {
  const first = rule(1, leaf('User', 'whole', 'ann'), { level: 'critical' });
  const second = rule(2, leaf('Image', 'whole', 'x'), { level: 'low' });
  const plans = [
    planIngest([first], ingestOptions),
    planIngest([second], { ...ingestOptions, pack: 'other' }),
  ];
  const message = gelfMessage({ EventID: 1, User: 'ann' });
  message.streams.clear();
  message.streams.add('A');
  const connections = new Map<string, readonly string[]>([['router', ['A']]]);
  for (const [at, { pipelines }] of plans.entries())
    for (const { name } of pipelines) connections.set(name, [at === 0 ? 'A' : 'B']);
  interpreterOf(
    {
      rules: [...plans.flatMap(({ rules: texts }) => texts), ...router.rules],
      pipelines: [...plans.flatMap(({ pipelines }) => pipelines), ...router.pipelines],
    },
    { connections, streams: [ingestOptions.detectionsStream] },
  ).process(message);
  expect(message.errors).toEqual([]);
  expect(message.field('sigma_rules')).toEqual([id(1), id(2)]);
  expect(message.field('sigma_level')).toBe('critical');
});

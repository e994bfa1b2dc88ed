import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { compileRules } from '../src/cli/project/compile-rules.ts';
import { openProject } from '../src/cli/project/project.ts';
import { readConfig } from '../src/pack/config/config.ts';
import type { PackDetection } from '../src/pack/model/detection.ts';
import { assemblePack, compilePack, type Pack } from '../src/pack/pack.ts';
import { type Lock, nextLock } from '../src/release/lock/lock.ts';
import { type Built, builtEntries, createBuilt } from '../src/release/snapshot.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { type Files, writeFiles } from './project-folder.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

interface Given {
  readonly path: string;
  readonly title?: string;
  /** The first eight digits. */
  readonly id?: string;
  readonly status?: string;
  readonly value?: string;
  readonly name?: string;
}

const whole = (id: string): string => (id.length === 8 ? `${id}-0000-4000-8000-000000000000` : id);
const textOf = ({ path, title = 'Shell', id, status, value = path, name }: Given): string =>
  [
    `title: ${JSON.stringify(title)}`,
    ...(id === undefined ? [] : [`id: ${whole(id)}`]),
    ...(status === undefined ? [] : [`status: ${status}`]),
    'logsource: { product: windows }',
    `detection: { s: { f: ${JSON.stringify(value)} }, condition: s }`,
    ...(name === undefined ? [] : [`sigpack: { name: ${JSON.stringify(name)} }`]),
    '',
  ].join('\n');

interface Made {
  readonly pack: Pack;
  readonly built: Built;
  readonly bag: DiagnosticBag;
}

function packOf(rules: readonly Given[], config = '', lock?: Lock): Made {
  const bag = createBag();
  const read = readConfig({ path: 'sigpack.yml', text: `id: acme\n${config}` }, bag);
  if (!read) throw new Error(bag.list.map(({ message }) => message).join('; '));
  const collection = collect(
    rules.flatMap((one) => readDocuments({ path: one.path, text: textOf(one) }, bag).documents),
    bag,
  );
  const built = createBuilt(read.info, { pathOf: (path) => path, details: false });
  const published = {
    detections: [...(lock?.rules.values() ?? [])],
    retired: [...(lock?.retired.values() ?? [])],
  };
  const history = { published, pathOf: (path: string) => path, keepNames: true, retire: true };
  const { outcomes, pack } = compilePack({ collection, config: read, bag, history });
  for (const outcome of outcomes) built.add(outcome);
  return { pack: pack(), built, bag };
}

const detections = ({ pack }: Made): readonly PackDetection[] =>
  pack.outcomes.map(({ detection }) => detection);
/** Names by path. */
const namesOf = (pack: Made): Readonly<Record<string, string>> =>
  Object.fromEntries(detections(pack).map(({ rule, name }) => [rule.file.path, name]));
const told = ({ bag }: Made, ...codes: readonly string[]): readonly string[] =>
  bag.list
    .filter(({ code }) => codes.includes(code))
    .map(({ code, message, file }) => `${code} ${file.path} ${message}`);

function orders<T>(list: readonly T[]): readonly (readonly T[])[] {
  return list.length < 2
    ? [list]
    : list.flatMap((one, index) => orders(list.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}

const [one, two, three] = ['11111111', '22222222', '33333333'];

describe('of rules with one title', () => {
  test.each<[string, readonly Given[], Readonly<Record<string, string>>]>([
    [
      'the better status has it alone, whatever its path and id',
      [
        { path: 'a.yml', id: one, status: 'deprecated' },
        { path: 'b.yml', id: two },
        { path: 'c.yml', id: three, status: 'stable' },
      ],
      { 'a.yml': 'Shell (11111111)', 'b.yml': 'Shell (22222222)', 'c.yml': 'Shell' },
    ],
    [
      'one without a status goes before a deprecated one',
      [
        { path: 'a.yml', id: one, status: 'unsupported' },
        { path: 'b.yml', id: two, status: 'deprecated' },
        { path: 'c.yml', id: three },
      ],
      { 'a.yml': 'Shell (11111111)', 'b.yml': 'Shell (22222222)', 'c.yml': 'Shell' },
    ],
    [
      'then the id decides',
      [
        { path: 'a.yml', id: two, status: 'test' },
        { path: 'b.yml', id: one, status: 'test' },
      ],
      { 'a.yml': 'Shell (22222222)', 'b.yml': 'Shell' },
    ],
    [
      'letter case and brackets make no other name',
      [
        { path: 'a.yml', id: one, title: 'A [x]' },
        { path: 'b.yml', id: two, title: 'a (X)' },
      ],
      { 'a.yml': 'A [x]', 'b.yml': 'a (X) (22222222)' },
    ],
    [
      'ids that begin alike give more digits',
      [
        { path: 'a.yml', id: one },
        { path: 'b.yml', id: '22222222-aaaa-4000-8000-000000000000' },
        { path: 'c.yml', id: '22222222-bbbb-4000-8000-000000000000' },
      ],
      { 'a.yml': 'Shell', 'b.yml': 'Shell (22222222)', 'c.yml': 'Shell (22222222bbbb)' },
    ],
    [
      'a title that reads like a name with digits keeps it',
      [
        { path: 'a.yml', id: one },
        { path: 'b.yml', id: two },
        { path: 'c.yml', id: three, title: 'Shell (22222222)' },
      ],
      { 'a.yml': 'Shell', 'b.yml': 'Shell (222222220000)', 'c.yml': 'Shell (22222222)' },
    ],
    [
      'long ones stay in the limit',
      [
        { path: 'a.yml', id: one, title: 'x'.repeat(95) },
        { path: 'b.yml', id: two, title: 'x'.repeat(95) },
      ],
      { 'a.yml': 'x'.repeat(95), 'b.yml': `${'x'.repeat(88)} (22222222)` },
    ],
    [
      'a name that a rule chooses goes before titles',
      [
        { path: 'a.yml', id: one, status: 'stable' },
        { path: 'b.yml', id: two, title: 'Other', name: 'shell' },
      ],
      { 'a.yml': 'Shell (11111111)', 'b.yml': 'shell' },
    ],
  ])('%s', (_, rules, names) => {
    for (const order of orders(rules)) {
      const pack = packOf(order);
      expect(namesOf(pack)).toEqual(names);
      expect(told(pack, 'PCK002')).toEqual([]);
      const unlike = Object.values(names).filter(
        (name) => !rules.some(({ title = 'Shell', name: own }) => name === title || name === own),
      );
      expect(told(pack, 'PCK009')).toHaveLength(unlike.length);
      for (const key of ['slug', 'filterMacro', 'id'] as const)
        expect(new Set(detections(pack).map((each) => each[key])).size).toBe(rules.length);
      expect(pack.pack.splunk).toHaveLength(rules.length);
      expect(pack.pack.graylog).toHaveLength(rules.length);
    }
  });

  test('slugs and macros depend on no order either', () => {
    const rules = [
      { path: 'a.yml', id: two, title: 'A-B' },
      { path: 'b.yml', id: one, title: 'A B' },
    ];
    for (const order of orders(rules)) {
      const found = detections(packOf(order)).map(
        ({ name, slug, filterMacro }) => `${name} ${slug} ${filterMacro}`,
      );
      expect(found.toSorted()).toEqual([
        'A B a_b acme_a_b_filter',
        'A-B a_b_22222222 acme_a_b_22222222_filter',
      ]);
    }
  });

  test('what is selected changes no name', () => {
    const rules = [
      { path: 'a.yml', id: one, status: 'stable' },
      { path: 'b.yml', id: two, status: 'test' },
    ];
    expect(namesOf(packOf(rules, 'select: { statuses: [test] }'))).toEqual({
      'b.yml': 'Shell (22222222)',
    });
  });

  test('the note names both places; of many there is one', () => {
    const [first, second] = [
      { path: 'a.yml', id: one },
      { path: 'b.yml', id: two },
    ];
    expect(told(packOf([first, second]), 'PCK009')).toEqual([
      'PCK009 b.yml "Shell" is the name of the rule in a.yml; in the packs, this one is "Shell (22222222)"',
    ]);
    const many = Array.from({ length: 20 }, (_, index) => ({
      path: `${10 + index}.yml`,
      id: `${22222222 + index}`,
    }));
    expect(told(packOf([first, ...many]), 'PCK009')).toEqual([
      expect.stringMatching(
        /^PCK009 10\.yml 20 rules have the title of another, .*: "Shell \(22222222\)" \(10\.yml, beside the rule in a\.yml\), .*"Shell \(22222226\)" \(14\.yml, .*\) and 15 more$/,
      ),
    ]);
  });
});

describe('rules without ids', () => {
  const rules = ['a.yml', 'b.yml', 'c.yml'].map((path) => ({ path }));
  const idsOf = (pack: Made) =>
    Object.fromEntries(detections(pack).map(({ rule, id }) => [rule.file.path, id]));

  test('are told apart by their files, and stay what they are beside others', () => {
    const ids = idsOf(packOf(rules));
    expect(new Set(Object.values(ids)).size).toBe(3);
    for (const order of orders(rules)) expect(idsOf(packOf(order))).toEqual(ids);
    const names = namesOf(packOf(rules));
    expect(names).toEqual({
      'a.yml': 'Shell',
      'b.yml': `Shell (${ids['b.yml']?.slice(0, 8)})`,
      'c.yml': `Shell (${ids['c.yml']?.slice(0, 8)})`,
    });
    expect(namesOf(packOf([...rules, { path: 'd.yml' }]))).toMatchObject(names);
    expect(namesOf(packOf(rules.toSpliced(1, 1)))).toEqual({
      'a.yml': names['a.yml'],
      'c.yml': names['c.yml'],
    });
  });

  test('in one file are told apart by their order', () => {
    const bag = createBag();
    const config = readConfig({ path: 'sigpack.yml', text: 'id: acme\n' }, bag);
    const text = ['x', 'y', 'z'].map((value) => textOf({ path: 'a.yml', value })).join('---\n');
    const collection = collect(readDocuments({ path: 'a.yml', text }, bag).documents, bag);
    if (!config) throw new Error('no configuration');
    const { outcomes } = assemblePack({ collection, config, bag });
    expect(new Set(outcomes.map(({ detection }) => detection.id)).size).toBe(3);
    expect(outcomes.map(({ detection }) => detection.name.replace(/\(.*/, ''))).toEqual([
      'Shell',
      'Shell ',
      'Shell ',
    ]);
  });

  test('a new file takes no published one its place', () => {
    const lock = released(packOf([{ path: 'b.yml' }]), undefined);
    const pack = packOf([{ path: 'a.yml', status: 'stable' }, { path: 'b.yml' }], '', lock);
    expect(namesOf(pack)).toEqual({
      'a.yml': expect.stringMatching(/^Shell \([\da-f]{8}\)$/),
      'b.yml': 'Shell',
    });
    expect(
      namesOf(packOf([{ path: 'a.yml' }, { path: 'b.yml', title: 'Another' }], '', lock)),
    ).toMatchObject({ 'b.yml': 'Shell' });
    // one that was moved is known by its title
    expect(idsOf(packOf([{ path: 'a.yml' }], '', lock))).toEqual({
      'a.yml': [...lock.rules.keys()][0],
    });
  });
});

test('rules without ids in one file are known by their titles first', () => {
  const both = (titles: readonly string[]) => titles.map((title) => ({ path: 'b.yml', title }));
  const lock = released(packOf(both(['A', 'B'])), undefined);
  const found = detections(
    packOf([{ path: 'a.yml', title: 'A', status: 'stable' }, ...both(['B', 'A'])], '', lock),
  ).map(({ rule, name }) => `${rule.file.path} ${name}`);
  expect(found).toEqual([expect.stringMatching(/^a\.yml A \([\da-f]{8}\)$/), 'b.yml B', 'b.yml A']);
});

describe('names that rules choose', () => {
  const twice = [
    { path: 'a.yml', id: one, title: 'A', name: 'Chosen' },
    { path: 'b.yml', id: two, title: 'B', name: 'chosen' },
  ];

  test('are an error where they are equal', () => {
    const pack = packOf(twice);
    expect(told(pack, 'PCK002', 'PCK009')).toEqual([
      'PCK002 b.yml "chosen" is already the name of the rule in a.yml',
    ]);
    expect(namesOf(pack)).toEqual({ 'a.yml': 'Chosen' });
  });

  test('are none where one of the rules is not in the pack', () => {
    const pack = packOf(twice, `select: { excludeIds: [${whole(one)}] }`);
    expect(told(pack, 'PCK002', 'PCK009')).toEqual([]);
    expect(namesOf(pack)).toEqual({ 'b.yml': 'chosen' });
  });

  test('are not those of a detection that was published', () => {
    const lock = released(packOf([{ path: 'c.yml', id: three, title: 'Chosen' }]), undefined);
    const second = packOf(twice, `select: { excludeIds: [${whole(one)}] }`, lock);
    expect(namesOf(second)).toEqual({ 'b.yml': 'chosen (22222222)' });
    expect(told(packOf(twice, '', lock), 'PCK002')).toHaveLength(1);
  });

  test('stay with the rule that was published under it', () => {
    const lock = released(packOf(twice.slice(1)), undefined);
    const pack = packOf(twice, '', lock);
    expect(told(pack, 'PCK002')).toEqual([
      'PCK002 a.yml "Chosen" is already the name of the rule in b.yml',
    ]);
    expect(namesOf(pack)).toEqual({ 'b.yml': 'chosen' });
  });

  test('by the configuration for many rules are an error for all but one', () => {
    const pack = packOf(
      [
        { path: 'a.yml', id: one, title: 'A' },
        { path: 'b.yml', id: two, title: 'B' },
      ],
      'defaults: { name: One }',
    );
    expect(told(pack, 'PCK002')).toEqual([
      'PCK002 b.yml "One" is already the name of the rule in a.yml',
    ]);
    expect(namesOf(pack)).toEqual({ 'a.yml': 'One' });
  });
});

/** The lock of a release of the pack. */
function released({ pack, built }: Made, before: Lock | undefined): Lock {
  return nextLock({
    before,
    pack: { id: 'acme', version: '1.0.0', revision: 1, parameters: [] },
    entries: builtEntries(pack, built),
    dropRetired: false,
  });
}

describe('a name that was published', () => {
  test('stays when a better rule comes', () => {
    const old = { path: 'z.yml', id: three, status: 'deprecated' };
    const lock = released(packOf([old]), undefined);
    const pack = packOf([{ path: 'a.yml', id: one, status: 'stable' }, old], '', lock);
    expect(namesOf(pack)).toEqual({ 'a.yml': 'Shell (11111111)', 'z.yml': 'Shell' });
    // once that is published too, there is nothing left to say
    expect(
      told(
        packOf([{ path: 'a.yml', id: one, status: 'stable' }, old], '', released(pack, lock)),
        'PCK009',
      ),
    ).toEqual([]);
  });

  test('is not another rule’s, not even when its rule is gone', () => {
    const lock = released(packOf([{ path: 'z.yml', id: three }]), undefined);
    const pack = packOf([{ path: 'a.yml', id: one }], '', lock);
    expect(namesOf(pack)).toEqual({ 'a.yml': 'Shell (11111111)' });
    expect(told(pack, 'PCK009')).toEqual([
      `PCK009 a.yml "Shell" is the name of the published detection ${whole(three)}; in the packs, this one is "Shell (11111111)"`,
    ]);
  });

  test('never changes, whatever is added, removed, moved or read in another order', () => {
    const given = fc.record({
      number: fc.integer({ min: 0, max: 11 }),
      title: fc.constantFrom(
        'Shell',
        'shell',
        'Shell!',
        'Shell (22222222)',
        'Default',
        'x'.repeat(120),
      ),
      status: fc.constantFrom(undefined, 'stable', 'test', 'deprecated'),
      // 0 to 3 have no ids, and are known by their files
      folder: fc.constantFrom('a', 'b'),
    });
    const steps = fc.array(
      fc.uniqueArray(given, { selector: ({ number }) => number, maxLength: 8 }),
      { minLength: 2, maxLength: 5 },
    );
    fc.assert(
      fc.property(steps, (history) => {
        let lock: Lock | undefined;
        const names = new Map<string, string>();
        for (const rules of history) {
          const pack = packOf(
            rules.map(({ number, title, status, folder }) => ({
              path: `${number < 4 ? '' : `${folder}/`}${number}.yml`,
              title,
              ...(number < 4
                ? {}
                : {
                    id: `2222222${number % 3}-${String(number).padStart(4, '0')}-4000-8000-000000000000`,
                  }),
              ...(status === undefined ? {} : { status }),
              value: `${number}`,
            })),
            '',
            lock,
          );
          expect(detections(pack)).toHaveLength(rules.length);
          for (const key of ['id', 'slug', 'filterMacro'] as const)
            expect(new Set(detections(pack).map((each) => each[key])).size).toBe(rules.length);
          expect(new Set(detections(pack).map(({ name }) => name.toLowerCase())).size).toBe(
            rules.length,
          );
          for (const { id, name } of detections(pack)) {
            expect([id, names.get(id) ?? name]).toEqual([id, name]);
            names.set(id, name);
          }
          lock = released(pack, lock);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('rules that are read one by one', () => {
  const project = async (files: Files): Promise<readonly string[]> => {
    const folder = mkdtempSync(join(tmpdir(), 'sigpack-names-'));
    made.push(folder);
    writeFiles(folder, {
      'sigpack.yml': 'id: acme\npipelines: { splunk: none, graylog: none }\n',
      ...files,
    });
    const opened = await openProject(
      { config: join(folder, 'sigpack.yml') },
      { format: 'text', verbose: false },
    );
    if (!opened.ok) throw new Error('the project was not opened');
    return compileRules(opened.value, [])
      .pack()
      .outcomes.map(({ detection }) => detection.name);
  };
  const base = (title: string, status = 'stable'): string =>
    `---\ntitle: Base\nname: base\nlogsource: { product: windows }\ndetection: { s: { f: 1 }, condition: s }\n---\ntitle: ${title}\nid: ${whole('44444444')}\nstatus: ${status}\ncorrelation: { type: event_count, rules: [base], timespan: 5m, condition: { gte: 2 } }\n`;

  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'of one title',
      {
        'a.yml': textOf({ path: 'a', id: two }),
        'b.yml': textOf({ path: 'b', id: one }),
        'c.yml': textOf({ path: 'c', id: three, title: 'Other' }),
      },
      ['Shell (22222222)', 'Shell', 'Other'],
    ],
    [
      'with the title of a correlation',
      { 'a.yml': textOf({ path: 'a', id: one }), 'b.yml': base('SHELL') },
      ['Shell (11111111)', 'SHELL'],
    ],
    [
      'with the title of a worse correlation',
      { 'a.yml': textOf({ path: 'a', id: one }), 'b.yml': base('SHELL', 'deprecated') },
      ['Shell', 'SHELL (44444444)'],
    ],
    [
      'with the title that another chooses as its name',
      {
        'a.yml': textOf({ path: 'a', id: one }),
        'b.yml': textOf({ path: 'b', id: two, title: 'Other', name: 'Shell' }),
      },
      ['Shell (11111111)', 'Shell'],
    ],
    [
      'with a title in quotes',
      {
        'a.yml': textOf({ path: 'a', id: two }).replaceAll('"', "'"),
        'b.yml': textOf({ path: 'b', id: one }).replace('"Shell"', '>-\n  Shell'),
      },
      ['Shell (22222222)', 'Shell'],
    ],
  ])('%s', async (_, files, names) => {
    expect(
      await project(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [`rules/${path}`, text])),
      ),
    ).toEqual(names);
  });
});

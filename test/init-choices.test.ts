import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Answers,
  answersIn,
  answersOf,
  type ChoiceKey,
  nextQuestion,
  optionOf,
  type Question,
} from '../src/cli/command/init/choices.ts';
import { initFiles, initTemplates } from '../src/cli/command/init/project-files.ts';
import { readConfig } from '../src/pack/config/config.ts';
import { fieldChoices } from '../src/pipeline/field-choice.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { initFlags, projectIn } from './project-folder.ts';
import { unwrapped } from './result.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-init-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const root = join(import.meta.dirname, '..');
const templates = new Map(
  initTemplates.map((name) => [name, readFileSync(join(root, 'templates', name), 'utf8')]),
);

/** The sigpack.yml of some answers. */
function written(answers: Answers): string {
  const files = initFiles(
    {
      id: 'acme',
      title: 'Acme detections',
      description: 'd',
      author: 'a',
      package: '1.2.3',
      answers,
    },
    { templates },
  );
  return files.find(({ path }) => path === 'sigpack.yml')?.content ?? '';
}

/** The answers that come of typing lines, and the keys that were asked for. */
function typed(lines: readonly string[]): {
  readonly answers: Answers;
  readonly asked: readonly ChoiceKey[];
} {
  const answers = new Map<ChoiceKey, readonly string[]>();
  const asked: ChoiceKey[] = [];
  let at = 0;
  for (let question = nextQuestion(answers); question; question = nextQuestion(answers)) {
    asked.push(question.key);
    answers.set(question.key, unwrapped(answersIn(question, lines[at++] ?? '')));
  }
  return { answers, asked };
}

describe('questions', () => {
  test.each([
    ['splunk', ['1', '1', '*', ''], ['products', 'splunk', 'splunkIndex', 'enterpriseSecurity']],
    [
      'data models, which have indexes of their own',
      ['1', 'splunk-cim', 'yes'],
      ['products', 'splunk', 'enterpriseSecurity'],
    ],
    ['graylog', ['graylog', '3', 'all'], ['products', 'graylog', 'graylogStreams']],
    [
      'all of them',
      ['1, 2,elasticsearch', 'splunk-audit', 'a, b', '1', '2', 'One, Two words', '1', ''],
      [
        'products',
        'splunk',
        'splunkIndex',
        'enterpriseSecurity',
        'graylog',
        'graylogStreams',
        'elasticsearch',
        'elasticsearchIndex',
      ],
    ],
  ])('for %s', (_, lines, asked) => expect(typed(lines).asked).toEqual(asked));

  test('are answered by numbers or names, with a default where there is one', () => {
    const { answers } = typed([
      '1, 2,elasticsearch',
      'splunk-audit',
      'a, b,a',
      '1',
      '2',
      'One, Two words',
      '1',
      '',
    ]);
    expect(Object.fromEntries(answers)).toEqual({
      products: ['splunk', 'graylog', 'elasticsearch'],
      splunk: ['splunk-audit'],
      splunkIndex: ['a', 'b'],
      enterpriseSecurity: ['yes'],
      graylog: ['graylog-nxlog'],
      graylogStreams: ['One', 'Two words'],
      elasticsearch: ['elastic'],
      elasticsearchIndex: ['logs-*'],
    });
  });

  const questionOf = (lines: readonly string[]): Question => {
    const answers = new Map<ChoiceKey, readonly string[]>();
    for (const line of lines) {
      const question = nextQuestion(answers);
      const read = question && answersIn(question, line);
      if (question && read?.ok) answers.set(question.key, read.value);
    }
    const next = nextQuestion(answers);
    if (!next) throw new Error('there is no question left');
    return next;
  };

  test.each([
    [[], '', 'there has to be an answer'],
    [[], ' , ', 'there has to be an answer'],
    [[], '4', '"4" is not one of splunk, graylog, elasticsearch'],
    [[], '0', '"0" is not one of splunk, graylog, elasticsearch'],
    [
      [],
      '3',
      'packs are for splunk and graylog: choose one of them; for Elasticsearch alone, `sigpack convert` needs no project',
    ],
    [
      ['1'],
      'graylog',
      '"graylog" is not one of splunk, splunk-classic, splunk-audit, splunk-cim, none',
    ],
    [['1', '1'], '', 'there has to be an answer'],
    [['1', '1'], 'a b', '"a b" is not the name of an index'],
    [['1', '1'], 'main | delete', '"main | delete" is not the name of an index'],
    [['1', '1', '*'], 'perhaps', '"perhaps" is not one of yes, no'],
    [['2', '1'], 'all, Windows', '`all` goes with no other stream'],
    [['2', '1'], 'a\u0007', '"a\u0007" is not the title of a stream'],
    [['2,3', '1', 'all', '1'], 'a b', '"a b" is not a pattern of indexes'],
  ])('after %j do not take %j', (before, line, error) =>
    expect(answersIn(questionOf(before), line)).toEqual({ ok: false, error }),
  );
});

describe('options', () => {
  test('answer what the questions ask, for the products that they name', () => {
    const answers = unwrapped(answersOf({ splunk: '1', splunkIndex: 'a,b' }));
    expect(answers).toEqual(
      new Map([
        ['products', ['splunk']],
        ['splunk', ['splunk']],
        ['splunkIndex', ['a', 'b']],
      ]),
    );
    expect(nextQuestion(unwrapped(answersOf({ graylogStreams: 'all' })))?.key).toBe('graylog');
    expect(unwrapped(answersOf({}))).toEqual(new Map());
    expect((['splunkIndex', 'graylogStreams', 'elasticsearch'] as const).map(optionOf)).toEqual([
      '--splunk-index',
      '--graylog-streams',
      '--elasticsearch',
    ]);
  });

  const run = (...args: readonly string[]) =>
    sigpack(['init', 'new', ...args], { cwd: mkdtempSync(join(temporary, 'o-')) });

  test.each([
    [[], /^sigpack: there is no terminal to ask on: give --splunk, --graylog or both/],
    [
      ['--splunk', 'splunk'],
      /^sigpack: there is no terminal to ask on: give --splunk-index\. Which indexes/,
    ],
    [
      ['--graylog-streams', 'all'],
      /: give --graylog \(graylog, graylog-nxlog, graylog-illuminate, none\)\. /,
    ],
    [
      ['--splunk', 'splunk', '--graylog', 'graylog'],
      /: give --splunk-index and --graylog-streams\. --splunk-index: Which indexes .* --graylog-streams: Which streams /,
    ],
    [
      ['--splunk-index', '*', '--elasticsearch-index', 'logs-*'],
      /: give --splunk \(splunk, .*, none\) and --elasticsearch \(elastic, none\)\. --splunk: /,
    ],
    [['--splunk', 'splnk'], /^sigpack: --splunk: "splnk" is not one of /],
    [['--elasticsearch', 'elastic'], /^sigpack: packs are for splunk and graylog/],
    [
      [...initFlags, '--title', 'Acme'],
      /^sigpack: the title "Acme" has 4 characters; AppInspect, which vets apps for Splunk, takes labels of 5 to 80\n$/,
    ],
  ])('%j is not enough where there is no terminal, and nothing is written', async (args, told) => {
    const cwd = mkdtempSync(join(temporary, 'o-'));
    const { code, stderr } = await sigpack(['init', 'new', ...args], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringMatching(told)]);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('are never asked for in CI, though it may have a terminal', async () => {
    const { isTTY } = process.stdin;
    process.stdin.isTTY = true;
    try {
      const asked = await sigpack(['init', 'new'], {
        cwd: mkdtempSync(join(temporary, 'o-')),
        terminal: true,
        env: { CI: 'true' },
      });
      expect(asked).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('there is no terminal to ask on'),
      });
    } finally {
      process.stdin.isTTY = isTTY;
    }
  });

  test('end in the summary of a build; --no-build leaves it out', async () => {
    const made = await run(...initFlags);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(
      /^wrote new\/sigpack\.yml\n(?:.*\n)+Next: cd new\nThen: mkdir vendor\nThen: npm pack .*\nThen: npm install\nThen: commit vendor\/.*\n\nConfiguration: new\/sigpack\.yml\n/,
    );
    expect(made.stdout).toMatch(
      /\nsplunk +1 +1 +0\ngraylog +1 +1 +0\n(?:.*\n)+0 errors, 0 warnings in [\d.]+ s\n$/,
    );
    expect((await run(...initFlags, '--no-build')).stdout).toMatch(/\nThen: sigpack build\n$/);
  });

  test.each([
    ['windows', 'windows detections', 'Detections of windows, compiled from Sigma rules.'],
    ['Detections', 'Detections', 'Detections compiled from Sigma rules.'],
    ['acme-detections', 'acme-detections', 'Detections compiled from Sigma rules.'],
  ])('in the folder %s make packs with the title %s', async (folder, title, description) => {
    const cwd = mkdtempSync(join(temporary, 'o-'));
    expect((await sigpack(['init', folder, ...initFlags, '--no-build'], { cwd })).code).toBe(0);
    const config = readFileSync(join(cwd, folder, 'sigpack.yml'), 'utf8');
    expect(config).toContain(`\ntitle: "${title}"\n`);
    expect(config).toContain(`\ndescription: "${description}"\n`);
  });
});

const fields = (target: string): readonly string[] => fieldChoices(target).map(({ name }) => name);
const splunks = [undefined, ...fields('splunk')];
const graylogs = [undefined, ...fields('graylog')];
const elastics = [undefined, ...fields('es-qs')];
const combinations = splunks.flatMap((splunk) =>
  graylogs.flatMap((graylog) =>
    elastics.map((elasticsearch) => ({ splunk, graylog, elasticsearch })),
  ),
);

function answersFor(
  { splunk, graylog, elasticsearch }: (typeof combinations)[number],
  where: 'one' | 'several' | 'all' = 'one',
): Answers {
  const place = { one: 'one', several: 'one,two', all: undefined }[where];
  const answers = unwrapped(
    answersOf({
      ...(splunk === undefined
        ? {}
        : {
            splunk,
            ...(splunk === 'splunk-cim' ? {} : { splunkIndex: place ?? '*' }),
            enterpriseSecurity: where === 'all' ? 'yes' : 'no',
          }),
      ...(graylog === undefined ? {} : { graylog, graylogStreams: place ?? 'all' }),
      ...(elasticsearch === undefined ? {} : { elasticsearch, elasticsearchIndex: place ?? '*' }),
    }),
  );
  expect(nextQuestion(answers)).toBeUndefined();
  return answers;
}

describe('the configuration of a choice', () => {
  const targeted = combinations.filter(
    ({ splunk, graylog }) => splunk !== undefined || graylog !== undefined,
  );
  const places = { one: ['one'], several: ['one', 'two'], all: ['*'] } as const;
  const wheres = ['one', 'several', 'all'] as const;

  test.each(wheres)(
    'is accepted in every combination, and says what was chosen: places %s',
    (where) => {
      for (const combination of targeted) {
        const { splunk, graylog, elasticsearch } = combination;
        const bag = createBag();
        const config = readConfig(
          { path: 'sigpack.yml', text: written(answersFor(combination, where)) },
          bag,
        );
        const chosen = { splunk, graylog, 'es-qs': elasticsearch, 'xpack-watcher': elasticsearch };
        const isNamed = ([, name]: readonly [string, string | undefined]): boolean =>
          name !== undefined;
        expect({
          combination,
          diagnostics: bag.list,
          targets: config?.targets,
          pipelines: Object.fromEntries(config?.pipelines ?? []),
        }).toEqual({
          combination,
          diagnostics: [],
          targets: Object.entries({ splunk, graylog })
            .filter(isNamed)
            .map(([target]) => target),
          pipelines: Object.fromEntries(
            Object.entries(chosen)
              .filter(isNamed)
              .map(([target, name]) => [target, [name]]),
          ),
        });
        expect(config?.splunk.index).toEqual(
          splunk === undefined || splunk === 'splunk-cim' ? undefined : places[where],
        );
        expect(config?.splunk.enterpriseSecurity).toBe(splunk !== undefined && where === 'all');
        const allStreams = graylog !== undefined && where === 'all';
        expect(config?.graylog).toMatchObject({
          allStreams,
          streams: graylog === undefined || allStreams ? [] : places[where],
        });
        expect(config?.elasticsearch.index).toBe(
          elasticsearch === undefined ? 'logs-*' : places[where].join(','),
        );
      }
      expect(targeted).toHaveLength((6 * 5 - 1) * 3);
    },
  );

  test('has a comment on each line that was chosen', () => {
    const text = written(
      answersFor({ splunk: 'splunk', graylog: 'graylog', elasticsearch: 'elastic' }),
    );
    expect(text).toContain(
      '\n  splunk: splunk # Splunk with its add-ons; Windows with Sysmon, rendered as XML\n',
    );
    expect(text).toContain('\n  graylog: graylog # Graylog with Winlogbeat and Sysmon\n');
    expect(text).toMatch(/\n {2}# .*\n {2}index: "one"\n/);
    expect(text).toMatch(/\n {2}# .*\n {2}streams: \["one"\]\n/);
    expect(text).toMatch(/\nelasticsearch:\n {2}# .*\n {2}index: "one"\n/);
  });

  test('keeps its examples in comments right', () => {
    for (const combination of [
      combinations.at(-1),
      { splunk: 'splunk-cim', graylog: undefined, elasticsearch: undefined },
    ] as const) {
      if (!combination) throw new Error('there is no combination');
      const text = written(answersFor(combination)).replace(/^( *)#(?=\S| {2})/gm, '$1');
      const bag = createBag();
      readConfig({ path: 'sigpack.yml', text }, bag);
      expect(bag.list).toEqual([]);
    }
  });
});

/**
 * Diagnostics of a build of the starter pack by the configuration of a choice, but for what targets
 * widen.
 */
async function starterPack(answers: Answers): Promise<readonly string[]> {
  const text = written(answers).replace(
    'rules:\n  - rules\n',
    `rules: [${JSON.stringify(join(root, 'rules'))}]\n`,
  );
  const cwd = projectIn(temporary, { 'sigpack.yml': text });
  const { stdout, stderr } = await sigpack(['build', '--verbose'], { cwd });
  expect(stdout).toContain('dist/packs/');
  return stderr.split('\n').filter((line) => /(?:error|warning)\[(?!TGT002)/.test(line));
}

describe('the starter pack is built without an error or an unknown field', () => {
  test.each(fields('splunk').filter((name) => name !== 'splunk-cim'))(
    'for Splunk with %s',
    async (splunk) => {
      expect(
        await starterPack(answersFor({ splunk, graylog: undefined, elasticsearch: undefined })),
      ).toEqual([]);
    },
  );

  test('for Splunk with splunk-cim, but for the rules that no data model has events for', async () => {
    const found = await starterPack(
      answersFor({ splunk: 'splunk-cim', graylog: undefined, elasticsearch: undefined }),
    );
    const shown = found.map((line) => /([\w-]+\.yml).*\[(\w+)\]/.exec(line)?.slice(1).join(' '));
    expect(shown.filter((line) => line?.endsWith('PIP002')).length).toBeGreaterThan(10);
    // what refers to those rules, and a correlation by an address that the data model
    // Authentication lacks
    expect(shown.filter((line) => !line?.endsWith('PIP002'))).toEqual([
      'many-denied-calls.yml SIG053',
      'entra-many-mfa-refusals.yml SIG053',
      'password-spray.yml PIP003',
      'password-spray.yml TGT001',
      'password-spray.yml PIP003',
    ]);
  });

  test.each(fields('graylog').filter((name) => name !== 'none'))(
    'for Graylog with %s',
    async (graylog) => {
      expect(
        await starterPack(answersFor({ splunk: undefined, graylog, elasticsearch: undefined })),
      ).toEqual([]);
    },
  );

  test('for Graylog with none; a name with a dot holds no group apart', async () => {
    const found = await starterPack(
      answersFor({ splunk: undefined, graylog: 'none', elasticsearch: undefined }),
    );
    expect(found).toEqual([
      expect.stringMatching(
        /many-denied-calls\.yml:1:8: warning\[TGT008\]: graylog: no key of an event can hold `userIdentity\.arn`/,
      ),
    ]);
  });

  test('for Splunk and Graylog at once', async () => {
    expect(
      await starterPack(
        answersFor(
          { splunk: 'splunk', graylog: 'graylog-illuminate', elasticsearch: 'elastic' },
          'all',
        ),
      ),
    ).toEqual([]);
  });
});

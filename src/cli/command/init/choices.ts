import { type FieldChoice, fieldChoices } from '../../../pipeline/field-choice.ts';
import { failed, ok, type Result } from '../../../source/result.ts';

/** Products that `sigpack init` asks about, and the targets whose pipelines name their fields. */
const products = [
  { name: 'splunk', description: 'a Splunk app with saved searches', targets: ['splunk'] },
  {
    name: 'graylog',
    description: 'a Graylog content pack with event definitions',
    targets: ['graylog'],
  },
  {
    name: 'elasticsearch',
    description: 'queries and watches of `sigpack convert`',
    targets: ['es-qs', 'xpack-watcher'],
  },
] as const;

export type Product = (typeof products)[number]['name'];
const packs: readonly string[] = ['splunk', 'graylog'];

/**
 * What `sigpack init` asks. Each is an option of the command too: `splunkIndex` is --splunk-index.
 */
export type ChoiceKey =
  | 'products'
  | 'splunk'
  | 'splunkIndex'
  | 'enterpriseSecurity'
  | 'graylog'
  | 'graylogStreams'
  | 'elasticsearch'
  | 'elasticsearchIndex';
export type Answers = ReadonlyMap<ChoiceKey, readonly string[]>;

export interface Question {
  readonly key: ChoiceKey;
  readonly text: string;
  /** Empty: any text. */
  readonly choices: readonly FieldChoice[];
  /** Several answers, separated by commas. */
  readonly several: boolean;
  /** What an empty line means; without it, there has to be an answer. */
  readonly fallback?: string;
  /** Why answers are wrong. */
  readonly reason: (answers: readonly string[]) => string | undefined;
}

const one = (key: Product, text: string): Question => {
  const choices = fieldChoices(products.find(({ name }) => name === key)?.targets[0] ?? key);
  return { key, text, choices, several: false, reason: (answers) => unknown(answers, choices) };
};

const yesOrNo = [
  { name: 'yes', description: 'detections make findings or add risk' },
  { name: 'no', description: 'they alert by means that every Splunk has' },
] as const;

const questions: readonly (Question & { readonly isAsked: (answers: Answers) => boolean })[] = [
  {
    key: 'products',
    text: 'What are the rules for?',
    choices: products,
    several: true,
    reason: (answers) =>
      unknown(answers, products) ??
      (answers.some((name) => packs.includes(name)) ? undefined : noPack),
    isAsked: () => true,
  },
  {
    ...one('splunk', 'Which products send their events to Splunk, and how?'),
    isAsked: has('splunk'),
  },
  {
    key: 'splunkIndex',
    text: 'Which indexes of Splunk hold the events? Names with commas between them; * for all.',
    choices: [],
    several: true,
    reason: (answers) =>
      answers.includes('all')
        ? '`all` names an index; all of them are `*`'
        : misnamed(answers, /^[A-Za-z0-9_*-]+$/, 'the name of an index'),
    // data models have indexes of their own
    isAsked: (answers) => has('splunk')(answers) && answers.get('splunk')?.[0] !== 'splunk-cim',
  },
  {
    key: 'enterpriseSecurity',
    text: 'Does Splunk have Enterprise Security?',
    choices: yesOrNo,
    several: false,
    fallback: 'no',
    reason: (answers) => unknown(answers, yesOrNo),
    isAsked: has('splunk'),
  },
  {
    ...one('graylog', 'Which shipper sends the events of Windows to Graylog?'),
    isAsked: has('graylog'),
  },
  {
    key: 'graylogStreams',
    text: 'Which streams of Graylog hold the events? Titles with commas between them; all for all.',
    choices: [],
    several: true,
    reason: (answers) =>
      answers.includes('*')
        ? '`*` is not a title of a stream; all of them are `all`'
        : answers.length > 1 && answers.includes('all')
          ? '`all` goes with no other stream'
          : misnamed(answers, /^[^\p{Cc}]+$/u, 'the title of a stream'),
    isAsked: has('graylog'),
  },
  {
    ...one('elasticsearch', 'Which names do the fields in Elasticsearch have?'),
    isAsked: has('elasticsearch'),
  },
  {
    key: 'elasticsearchIndex',
    text:
      'Which indexes of Elasticsearch hold the events? A pattern, several with commas between ' +
      'them.',
    choices: [],
    several: true,
    fallback: 'logs-*',
    reason: (answers) => misnamed(answers, /^[^\s\p{Cc}]+$/u, 'a pattern of indexes'),
    isAsked: has('elasticsearch'),
  },
];

const noPack =
  'packs are for splunk and graylog: choose one of them; for Elasticsearch alone, `sigpack ' +
  'convert` needs no project';

function has(product: Product): (answers: Answers) => boolean {
  return (answers) => answers.get('products')?.includes(product) ?? false;
}

function unknown(answers: readonly string[], choices: readonly FieldChoice[]): string | undefined {
  const wrong = answers.find((answer) => !choices.some(({ name }) => name === answer));
  return wrong === undefined
    ? undefined
    : `"${wrong}" is not one of ${choices.map(({ name }) => name).join(', ')}`;
}

function misnamed(answers: readonly string[], pattern: RegExp, what: string): string | undefined {
  const wrong = answers.find((answer) => !pattern.test(answer));
  return wrong === undefined ? undefined : `"${wrong}" is not ${what}`;
}

/** The first question that is still open. */
export const nextQuestion = (answers: Answers): Question | undefined =>
  questions.find(({ key, isAsked }) => isAsked(answers) && !answers.has(key));

/**
 * A line of a terminal, or the value of an option, as answers: numbers mean the choices in their
 * order, `y` and `n` yes and no.
 */
export function answersIn(question: Question, line: string): Result<readonly string[]> {
  const { choices, several, fallback, reason } = question;
  const text = line.trim() === '' && fallback !== undefined ? fallback : line.trim();
  const parts = (several ? text.split(',') : [text])
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) return failed('there has to be an answer');
  const named = parts.map((part) => {
    const typed = part.toLowerCase();
    const byName = choices.find(
      ({ name }) => name === typed || (choices === yesOrNo && name[0] === typed),
    )?.name;
    return byName ?? (/^\d+$/.test(part) ? choices[Number(part) - 1]?.name : undefined) ?? part;
  });
  const distinct = [...new Set(named)];
  const error = reason(distinct);
  return error === undefined ? ok(distinct) : failed(error);
}

export type ChoiceOptions = Partial<Readonly<Record<Exclude<ChoiceKey, 'products'>, string>>>;

export const optionOf = (key: ChoiceKey): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What options answer. A product is wanted that one of them is about. */
export function answersOf(options: ChoiceOptions): Result<Answers> {
  const answers = new Map<ChoiceKey, readonly string[]>();
  const wanted = products
    .map(({ name }) => name)
    .filter((name) =>
      Object.entries(options).some(([key, value]) => value !== undefined && key.startsWith(name)),
    );
  if (wanted.length === 0) return ok(answers);
  if (!wanted.some((name) => packs.includes(name))) return failed(noPack);
  answers.set('products', wanted);
  for (const question of questions) {
    const value = question.key === 'products' ? undefined : options[question.key];
    if (value === undefined) continue;
    const read = answersIn(question, value);
    if (!read.ok) return failed(`${optionOf(question.key)}: ${read.error}`);
    answers.set(question.key, read.value);
  }
  return ok(answers);
}

/** What the template of sigpack.yml is given. */
export interface ChosenLines {
  readonly targets: string;
  readonly pipelines: readonly {
    readonly target: string;
    readonly name: string;
    readonly description: string;
  }[];
  readonly splunk: boolean;
  /** Null: no question about it. */
  readonly splunkIndex: string | readonly string[] | null;
  readonly enterpriseSecurity: boolean;
  readonly graylog: boolean;
  readonly graylogStreams: 'all' | readonly string[];
  readonly elasticsearch: boolean;
  readonly elasticsearchIndex: string;
}

export function chosenLines(answers: Answers): ChosenLines {
  const chosen = products.filter(({ name }) => has(name)(answers));
  const indexes = answers.get('splunkIndex') ?? [];
  const streams = answers.get('graylogStreams') ?? [];
  return {
    targets: packs.filter((name) => chosen.some((product) => product.name === name)).join(', '),
    pipelines: chosen.flatMap(({ name, targets }) => {
      const fields = answers.get(name)?.[0];
      const choice = fieldChoices(targets[0]).find((one) => one.name === fields);
      return choice ? targets.map((target) => ({ target, ...choice })) : [];
    }),
    splunk: has('splunk')(answers),
    splunkIndex:
      indexes.length === 0
        ? null
        : indexes.length === 1 && indexes[0] !== undefined
          ? indexes[0]
          : indexes,
    enterpriseSecurity: answers.get('enterpriseSecurity')?.[0] === 'yes',
    graylog: has('graylog')(answers),
    graylogStreams: streams[0] === 'all' ? 'all' : streams,
    elasticsearch: has('elasticsearch')(answers),
    elasticsearchIndex: (answers.get('elasticsearchIndex') ?? []).join(','),
  };
}

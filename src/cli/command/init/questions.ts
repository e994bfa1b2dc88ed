import { CommandError } from '../../error/command-error.ts';
import { lineWidth, wrapped } from '../../report/wrapped.ts';
import { hasTerminal, type LineReader, openLines } from '../../terminal/line-reader.ts';
import {
  type Answers,
  answersIn,
  type ChoiceKey,
  nextQuestion,
  optionOf,
  type Question,
} from './choices.ts';

/**
 * Asks the open questions on a terminal. Without a terminal, throws a CommandError that names the
 * options.
 */
export async function askTheRest(given: Answers): Promise<Answers> {
  const answers = new Map<ChoiceKey, readonly string[]>(given);
  const first = nextQuestion(answers);
  if (!first) return answers;
  if (!hasTerminal() || process.env.CI) return withDefaults(answers);
  const lines = openLines();
  try {
    for (let question: Question | undefined = first; question; question = nextQuestion(answers))
      answers.set(question.key, await answered(question, lines));
  } finally {
    lines.close();
  }
  return answers;
}

/** Without a terminal, the default answers a question; all without a default are named. */
function withDefaults(answers: Map<ChoiceKey, readonly string[]>): Answers {
  const open: Question[] = [];
  for (let question = nextQuestion(answers); question; question = nextQuestion(answers)) {
    const { key, fallback } = question;
    const read = fallback === undefined ? undefined : answersIn(question, fallback);
    if (!read?.ok) open.push(question);
    // no answer to a question leaves those that follow from it
    answers.set(key, read?.ok ? read.value : []);
  }
  if (open.length > 0) throw new CommandError(withoutTerminal(open));
  return answers;
}

function withoutTerminal(open: readonly Question[]): string {
  if (open.some(({ key }) => key === 'products'))
    return (
      'there is no terminal to ask on: give --splunk, --graylog or both, each with the ' +
      "pipelines for its products' fields; sigpack init --help shows the choices"
    );
  const given = open.map(({ key, choices }) => {
    const names = choices.length === 0 ? '' : ` (${choices.map(({ name }) => name).join(', ')})`;
    return `${optionOf(key)}${names}`;
  });
  const texts = open.map(({ key, text }) =>
    open.length === 1 ? text : `${optionOf(key)}: ${text}`,
  );
  return `there is no terminal to ask on: give ${given.join(' and ')}. ${texts.join(' ')}`;
}

/** Asks until there is an answer. */
async function answered(question: Question, lines: LineReader): Promise<readonly string[]> {
  const { text, choices, several, fallback } = question;
  const width = Math.max(0, ...choices.map(({ name }) => name.length));
  const rows = choices.flatMap(({ name, description }, index) => {
    const head = `  ${index + 1}) ${name.padEnd(width)}  `;
    return wrapped(description, lineWidth - head.length).map(
      (line, at) => `${at === 0 ? head : ' '.repeat(head.length)}${line}\n`,
    );
  });
  process.stdout.write(`\n${wrapped(text, lineWidth).join('\n')}\n${rows.join('')}`);
  const wanted =
    choices.length === 0
      ? ''
      : several
        ? 'numbers or names, with commas between them'
        : 'a number or a name';
  const hints = [wanted, fallback === undefined ? '' : `[${fallback}]`];
  const prompt = `${hints.filter((hint) => hint !== '').join(' ')}> `;
  for (;;) {
    const line = await lines.ask(prompt);
    if (line === undefined) throw new CommandError('the input has ended; nothing was written');
    const read = answersIn(question, line);
    if (read.ok) return read.value;
    process.stdout.write(`${wrapped(read.error, lineWidth).join('\n')}\n`);
  }
}

import { describe, expect, test } from 'vitest';
import { graylogDefaults } from '../src/backend/graylog/settings.ts';
import { graylog } from '../src/backend/graylog/target.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { interpreterOf } from './judges/pipeline-rules/interpreter.ts';
import { gelfMessage } from './judges/pipeline-rules/message.ts';
import { compiledAfter, ruleOf } from './pipeline-run.ts';

type Mode = 'search' | 'ingest';

function conversionOf(lines: string, mode: Mode) {
  const compiled = compiledAfter(ruleOf(lines), 'transformations: []\n', createBag());
  const conversion =
    compiled?.kind === 'detection'
      ? graylog.convert(compiled, { ...graylogDefaults, mode })
      : undefined;
  if (!conversion?.ok) throw new Error('the rule was not converted');
  return conversion;
}

/** The texts of the rule that are said never to be there. */
const named = (lines: string, mode: Mode): readonly string[] =>
  conversionOf(lines, mode)
    .diagnostics.filter(({ code }) => code === 'TGT011')
    .map(({ file, span }) => file.text.slice(span.start, span.end));

const cases: readonly (readonly [lines: string, texts: readonly string[]])[] = [
  ["CommandLine|endswith: ' -e '", ["' -e '"]],
  ["CommandLine|startswith: ' -e'", ["' -e'"]],
  ["CommandLine: 'whoami '", ["'whoami '"]],
  ["CommandLine|cased: ' whoami'", ["' whoami'"]],
  ["CommandLine: ' '", ["' '"]],
  ["CommandLine: ' a*b'", ["' a*b'"]],
  ['CommandLine|endswith: "\\t"', ['"\\t"']],
  // of a list only those that can't match, and each once
  ["CommandLine|endswith: ['chcp', 'chcp ']", ["'chcp '"]],
  ["CommandLine|windash|endswith: ' -e '", ["' -e '"]],
  ["CommandLine|contains: ' -e '", []],
  ["CommandLine|startswith: '-e '", []],
  ["CommandLine|endswith: ' -e'", []],
  // Java's trim leaves other blanks
  ['CommandLine|endswith: "\\u00a0"', []],
  ["CommandLine|re: ' -e $'", []],
  ['EventID: 1', []],
];

describe('values with blanks at an end that has to be the end of the text', () => {
  for (const mode of ['search', 'ingest'] as const)
    test.each(cases)(`${mode}: %s`, (lines, texts) => expect(named(lines, mode)).toEqual(texts));

  test('are found among words, which a search of them does not ask for', () => {
    const lines = "message|endswith: ' -e '";
    expect([named(lines, 'search'), named(lines, 'ingest')]).toEqual([[], ["' -e '"]]);
  });

  test('are named with their field, and say what to do', () => {
    const { diagnostics } = conversionOf("CommandLine|endswith: ' -e '", 'ingest');
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'no message has `* -e ` in `CommandLine`: Graylog removes blanks at the ends of values',
    ]);
  });
});

/** Whether a message with the text is hit by what is made of the lines. */
function hits(lines: string, text: string): boolean {
  const [condition = ''] = conversionOf(lines, 'ingest').value.queries;
  const rule = {
    name: 'r',
    source: `rule "r"\nwhen\n  ${condition}\nthen\n  set_field("hit", "yes");\nend\n`,
  };
  const pipeline = { name: 'p', source: 'pipeline "p"\nstage 0 match pass\n  rule "r";\nend\n' };
  const [message] = interpreterOf(
    { rules: [rule], pipelines: [pipeline] },
    { streams: [] },
  ).process(gelfMessage({ CommandLine: text }));
  return message?.field('hit') === 'yes';
}

test('what is named is not there in a message, and the rest of the list is', () => {
  const lines = "CommandLine|endswith: [' -e ', ' -f']";
  expect(['a -e ', 'a -f ', 'a -f'].map((text) => hits(lines, text))).toEqual([false, true, true]);
});

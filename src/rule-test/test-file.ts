import { asRecord } from '../event/field.ts';
import type { DiagnosticBag } from '../source/diagnostic.ts';
import { checkSchema } from '../source/schema/check-schema.ts';
import type { SourceFile, Span } from '../source/span.ts';
import { parseYaml } from '../source/yaml/parse.ts';
import { lookup, toPlain, type YamlMapping, type YamlNode } from '../source/yaml/tree.ts';
import type { CaseEvents, Expectation, RuleName, TestCase, TimedEvent } from './test-case.ts';
import { testSchema } from './test-schema.ts';
import { duration, pointInTime } from './time-offset.ts';

interface Reading {
  readonly file: SourceFile;
  readonly bag: DiagnosticBag;
}

/** The cases of a `<rule>.test.yml`; invalid ones are reported and left out. */
export function readTestFile(file: SourceFile, bag: DiagnosticBag): readonly TestCase[] {
  const reading: Reading = { file, bag };
  const { documents, errors } = parseYaml(file);
  for (const error of errors) bag.add(file, error);
  if (documents.length === 0 && errors.length === 0)
    report(reading, { start: 0, end: 0 }, 'the file is empty');
  return documents.flatMap((node) => {
    const diagnostics = checkSchema(testSchema, node, 'TST001', 'the test file');
    for (const diagnostic of diagnostics) bag.add(file, diagnostic);
    const tests = lookup(node, 'tests');
    if (tests?.kind !== 'sequence') return [];
    const sound = tests.items.filter(
      (item): item is YamlMapping =>
        item.kind === 'mapping' && !diagnostics.some(({ span }) => isInside(span, item)),
    );
    return sound.flatMap((item) => readCase(reading, item, ruleNameOf(node)) ?? []);
  });
}

const isInside = (span: Span, node: YamlNode): boolean =>
  span.start >= node.start && span.start < Math.max(node.end, node.start + 1);

function ruleNameOf(node: YamlNode): RuleName | undefined {
  const rule = lookup(node, 'rule');
  return rule?.kind === 'scalar'
    ? { text: rule.text, start: rule.start, end: rule.end }
    : undefined;
}

function report(
  { file, bag }: Reading,
  { start, end }: Span,
  message: string,
  hint?: string,
): undefined {
  bag.add(file, {
    code: 'TST001',
    message,
    span: { start, end },
    hint,
  });
  return undefined;
}

function readCase(
  reading: Reading,
  node: YamlMapping,
  rule: RuleName | undefined,
): TestCase | undefined {
  const name = lookup(node, 'name');
  if (name?.kind !== 'scalar') return undefined;
  const expected = readExpectation(reading, node);
  const source = readSource(reading, node);
  if (!source || !expected) return undefined;
  return {
    file: reading.file,
    name: name.text,
    span: { start: name.start, end: name.end },
    rule: ruleNameOf(node) ?? rule,
    expected,
    source,
  };
}

/** Reads `match`, or `expect`, which is its name in the tests of detkit. */
function readExpectation(reading: Reading, node: YamlMapping): Expectation | undefined {
  const match = lookup(node, 'match');
  const expect = lookup(node, 'expect');
  const given = match ?? expect;
  if (match && expect)
    return report(reading, expect, 'the case has both `match` and `expect`', 'Keep one of them.');
  if (given?.kind !== 'scalar')
    return report(
      reading,
      { start: node.start, end: node.start },
      'the case does not say whether its events match',
      'Add `match: true` or `match: false`.',
    );
  const { value } = given;
  if (value === true || value === 'match') return { kind: 'every' };
  if (value === false || value === 'no_match') return { kind: 'none' };
  return { kind: 'count', count: Number(value) };
}

function readSource(reading: Reading, node: YamlMapping): CaseEvents | undefined {
  const sources = node.pairs.filter(
    ({ key }) => key.text === 'event' || key.text === 'events' || key.text === 'file',
  );
  const [first, second] = sources;
  if (!first)
    return report(
      reading,
      { start: node.start, end: node.start },
      'the case has no events',
      'Give it `event:`, `events:` or `file:`.',
    );
  if (second)
    return report(
      reading,
      second.key,
      `the case has both \`${first.key.text}\` and \`${second.key.text}\``,
      'Keep one of them.',
    );
  const { key, value } = first;
  if (key.text === 'file' && value.kind === 'scalar')
    return { kind: 'file', path: value.text, span: { start: value.start, end: value.end } };
  if (value.kind !== 'sequence')
    return { kind: 'inline', events: [{ event: asRecord(toPlain(value)), time: undefined }] };
  const events: TimedEvent[] = [];
  let isSound = true;
  for (const item of value.items) {
    const entry = readEntry(reading, item);
    events.push(...entry.events);
    isSound &&= entry.isSound;
    if (events.length > maximumEvents)
      return report(
        reading,
        item,
        `the case has more than ${maximumEvents} events`,
        'Lower `times`, or put them into a file.',
      );
  }
  return isSound ? { kind: 'inline', events } : undefined;
}

/** Including repeated ones. */
const maximumEvents = 100_000;
const entryKeys = new Set(['at', 'event', 'times', 'every']);

interface Entry {
  readonly events: readonly TimedEvent[];
  /** False if a diagnostic was reported. */
  readonly isSound: boolean;
}

/** An entry is an event, or a map of only `event` and when it happens. */
function readEntry(reading: Reading, node: YamlNode): Entry {
  const inner = lookup(node, 'event');
  if (
    node.kind !== 'mapping' ||
    inner?.kind !== 'mapping' ||
    !node.pairs.every(({ key }) => entryKeys.has(key.text))
  )
    return { events: [{ event: asRecord(toPlain(node)), time: undefined }], isSound: true };
  const event = asRecord(toPlain(inner));
  const [at, every, times] = ['at', 'every', 'times'].map((key) => lookup(node, key));
  const start = readTime(
    reading,
    at,
    pointInTime,
    'Write `0s`, `5m`, `1h30m`, or an ISO 8601 date.',
  );
  const step = readTime(reading, every, duration, 'Write `30s`, `5m` or `1h30m`.');
  const count = times?.kind === 'scalar' ? Number(times.value) : 1;
  const timeOf = (index: number): number | undefined =>
    start === undefined ? undefined : start + index * (step ?? 1000);
  return {
    events: Array.from({ length: count }, (_, index) => ({ event, time: timeOf(index) })),
    isSound: isReadable(at, start) && isReadable(every, step),
  };
}

/** Undefined without a value, and for a text that is not a time, which is reported. */
function readTime(
  reading: Reading,
  value: YamlNode | undefined,
  read: (text: string) => number | undefined,
  hint: string,
): number | undefined {
  if (value?.kind !== 'scalar') return undefined;
  return read(value.text) ?? report(reading, value, `\`${value.text}\` is not a time`, hint);
}

const isReadable = (value: YamlNode | undefined, time: number | undefined): boolean =>
  value?.kind !== 'scalar' || time !== undefined;

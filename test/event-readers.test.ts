import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type FoundEvent, readEvents } from '../src/cli/rule-test/event-files.ts';
import { eventTime } from '../src/event/event-time.ts';
import { detectForm, type Form } from '../src/event/form.ts';
import {
  createEventReader,
  type EventOptions,
  eventsIn,
  type ReadEvent,
} from '../src/event/reader.ts';
import type { View } from '../src/event/sigma-view.ts';
import { matcherOf } from '../src/match/matcher.ts';
import { anyCharacter } from './any-character.ts';
import { detectionOf } from './compile.ts';
import { cpuMilliseconds } from './cpu-time.ts';
import { flatten } from './judges/events.ts';

interface Sample {
  readonly title: string;
  readonly form: Form;
  readonly text: string;
  /** The events and their lines, or what the error says. */
  readonly events: readonly (readonly [number, unknown])[] | string;
  readonly view?: View;
}

const lines = (...all: readonly string[]): string => all.map((line) => `${line}\n`).join('');
const windowsTime = '12/03/2025 07:42:38 AM';
const sysmon = `<Event xmlns="http://schemas"><System><Provider Name='Sysmon'/><EventID>1</EventID><TimeCreated SystemTime="2025-01-01T00:00:00.1Z"/></System><EventData><Data Name="Image">C:\\a&amp;&#x42;.exe</Data><Data Name="Empty"></Data></EventData></Event>`;
const sysmonFields = {
  Provider_Name: 'Sysmon',
  EventID: '1',
  TimeCreated_SystemTime: '2025-01-01T00:00:00.1Z',
  Image: 'C:\\a&B.exe',
};

const samples: readonly Sample[] = [
  {
    title: 'documents one after the other',
    form: 'json',
    text: '{\n "a": "}\\"{"\n}\n{"b":[1,{"c":2}]}{"d":null}',
    events: [
      [1, { a: '}"{' }],
      [4, { b: [1, { c: 2 }] }],
      [4, { d: null }],
    ],
  },
  {
    title: 'NDJSON',
    form: 'json',
    text: lines('{"a":1}', '', '{"a":2}'),
    events: [
      [1, { a: 1 }],
      [3, { a: 2 }],
    ],
  },
  {
    title: 'lists',
    form: 'json',
    text: '[{"a":1},\n{"a":2}]\n[]\n[{"a":3}]',
    events: [
      [1, { a: 1 }],
      [2, { a: 2 }],
      [4, { a: 3 }],
    ],
  },
  {
    title: 'json-seq',
    form: 'json',
    text: '\x1e{"a":1}\n\x1e{"a":2}\n',
    events: [
      [1, { a: 1 }],
      [2, { a: 2 }],
    ],
  },
  {
    title: 'results of Splunk, a line each',
    form: 'json',
    text: lines('{"preview":false,"offset":0,"result":{"_raw":"a=1 host=\\"x y\\"","host":"h"}}'),
    events: [[1, { _raw: 'a=1 host="x y"', host: 'h', a: '1' }]],
  },
  {
    title: 'a field named result',
    form: 'json',
    text: '{"result":{"a":1},"user":"u"}',
    events: [[1, { result: { a: 1 }, user: 'u' }]],
  },
  {
    title: 'results of Splunk in one document',
    form: 'json',
    text: '{"preview":false,"fields":[{"name":"a"}],"results":[{"a":1},\n{"a":2}],"highlighted":{"x":[1]}}\n{"b":3}',
    events: [
      [1, { a: 1 }],
      [2, { a: 2 }],
      [3, { b: 3 }],
    ],
  },
  {
    title: 'results of Splunk on one line',
    form: 'json',
    text: lines('{"preview":false,"results":[{"a":1},{"a":2}]}'),
    events: [
      [1, { a: 1 }],
      [1, { a: 2 }],
    ],
  },
  {
    title: 'several documents a line',
    form: 'json',
    text: lines('{"a":1}', '{"a":2}{"a":3} ', '{"a":4}'),
    events: [
      [1, { a: 1 }],
      [2, { a: 2 }],
      [2, { a: 3 }],
      [3, { a: 4 }],
    ],
  },
  {
    title: 'CloudTrail',
    form: 'json',
    text: '{"Records": [{"eventName":"x"}]}',
    events: [[1, { eventName: 'x' }]],
  },
  {
    title: 'a list in a field',
    form: 'json',
    text: '{"host":"h","messages":[{"a":1}]}',
    events: [[1, { host: 'h', messages: [{ a: 1 }] }]],
  },
  {
    title: 'hits of Elasticsearch',
    form: 'json',
    text: '{"took":1,"hits":{"total":{"value":1},"hits":[{"_index":"i","_source":{"a":1}}]},"x":[]}',
    events: [[1, { a: 1 }]],
  },
  {
    title: 'messages of Graylog',
    form: 'json',
    text: '{"query":"*","messages":[{"highlight_ranges":{},"message":{"source":"h","message":"m"},"index":"graylog_0"}]}',
    events: [[1, { source: 'h', message: 'm' }]],
  },
  {
    title: "evtx_dump's other way to write attributes",
    form: 'json',
    text: '{"Event":{"System":{"EventID":1,"Provider_attributes":{"Name":"P"}},"EventData":{"Data":{"#text":["a","b"]}},"UserData":{"X_attributes":{"xmlns":"n"},"X":{"Y":1}}}}',
    events: [[1, { EventID: 1, Provider_Name: 'P', Data: ['a', 'b'], Y: 1 }]],
  },
  {
    title: 'half a document',
    form: 'json',
    text: '\n{"a":1',
    events: 'events:2: the JSON that begins here does not end',
  },
  {
    title: 'half a list',
    form: 'json',
    text: '[{"a":1}',
    events: 'events:1: the list of events does not end',
  },
  {
    title: 'a comma too many',
    form: 'json',
    text: '[{"a":1},]',
    events: 'events:1: expected an event, a JSON object, but found "]"',
  },
  {
    title: 'a number for an event',
    form: 'json',
    text: '{}\n7',
    events: 'events:2: expected an event, a JSON object, but found "7"',
  },
  {
    title: 'broken JSON',
    form: 'json',
    text: '{"a":1}\n{"a" 1}',
    events:
      "events:2: this is not JSON: Expected ':' after property name at character 6 of the event",
  },
  {
    title: 'CSV of Graylog, after a byte order mark',
    form: 'csv',
    text: '\ufeff"source","timestamp","message"\r\n"h","2025-01-01T00:00:00.000Z","a ""b"",\nc"\r\n',
    events: [[2, { source: 'h', timestamp: '2025-01-01T00:00:00.000Z', message: 'a "b",\nc' }]],
  },
  {
    title: 'CSV of Splunk with lists and the original text',
    form: 'csv',
    text: '_raw,_time,u,__mv_u,__mv__raw\n"a=1, u=2",2025-01-01T00:00:00Z,"x\ny","$x;$$$;$y$",\n',
    events: [[2, { _raw: 'a=1, u=2', _time: '2025-01-01T00:00:00Z', u: ['x;$', 'y'], a: '1' }]],
  },
  {
    title: 'a record of CSV with a value too many',
    form: 'csv',
    text: 'a,b\n1,2,3\n',
    events: 'events:2: the record has 3 values, the header 2 names',
  },
  {
    title: 'an open quote in CSV',
    form: 'csv',
    text: 'a,b\n1,2\n1,"2\n',
    events: 'events:3: the quoted text',
  },
  {
    title: 'text behind a quote in CSV',
    form: 'csv',
    text: 'a,b\n1,"2"3"4"\n',
    events: 'events:2: this is not a record of CSV',
  },
  {
    title: 'Windows XML',
    form: 'xml',
    text: `<?xml version="1.0"?><Events>\n${sysmon}\n<Event><System/><UserData><LogFileCleared xmlns="m"><Who><![CDATA[<me>]]></Who></LogFileCleared></UserData></Event></Events>`,
    events: [
      [2, sysmonFields],
      [3, { Who: '<me>' }],
    ],
  },
  {
    title: 'Windows XML in _raw',
    form: 'json',
    text: JSON.stringify({ _raw: sysmon }),
    events: [[1, { _raw: sysmon, ...sysmonFields }]],
  },
  {
    title: 'own entities stay text',
    form: 'xml',
    text: '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e "boom">]><Event><System><Level>&e;</Level></System></Event>',
    events: [[1, { Level: '&e;' }]],
  },
  {
    title: 'a DOCTYPE inside',
    form: 'xml',
    text: '<Event><!DOCTYPE x></Event>',
    events: 'events:1: the XML can\'t be read at "<!DOCTYPE x></Event>"',
  },
  {
    title: 'crossed elements',
    form: 'xml',
    text: '<Event><a></b></Event>',
    events: 'events:1: </b> closes no element',
  },
  {
    title: 'half an element',
    form: 'xml',
    text: '\n<Event><System>',
    events: 'events:2: the <Event> that begins here does not end',
  },
  {
    title: "the classic text of Windows' event log",
    form: 'windows-text',
    text: lines(
      windowsTime,
      'EventCode=4688',
      'Message=New process.',
      '',
      'Creator Subject:',
      '\tAccount Name:\t\tbob',
      '',
      'Process Information:',
      '\tNew Process Name:\tC:\\x.exe',
      windowsTime,
      'EventCode=1',
    ),
    events: [
      [
        1,
        expect.objectContaining({
          _time: windowsTime,
          EventCode: '4688',
          Account_Name: 'bob',
          SubjectUserName: 'bob',
          NewProcessName: 'C:\\x.exe',
        }),
      ],
      [10, { _raw: `${windowsTime}\nEventCode=1`, _time: windowsTime, EventCode: '1' }],
    ],
  },
  {
    title: 'auditd',
    form: 'auditd',
    text: lines(
      'type=EXECVE msg=audit(1700000000.123:4): argc=2 a0="ls" a1=2D6C2061',
      `type=USER_LOGIN msg=audit(1700000000.123:5): a0=2D6C msg='op=login acct="root"'\x1dUID="root"`,
    ),
    events: [
      [
        1,
        expect.objectContaining({
          type: 'EXECVE',
          msg: 'audit(1700000000.123:4)',
          argc: '2',
          a0: 'ls',
          a1: '-l a',
        }),
      ],
      [
        2,
        expect.objectContaining({
          type: 'USER_LOGIN',
          a0: '2D6C',
          op: 'login',
          acct: 'root',
          UID: 'root',
        }),
      ],
    ],
  },
  {
    title: 'key=value lines',
    form: 'key-value',
    text: lines(
      '<134>Dec  3 07:42:38 fw: dev="x \\"y" src=1.2.3.4, p="C:\\Windows" q="C:\\\\a" n=1 n=2',
      '',
      'plain',
    ),
    events: [
      [
        1,
        expect.objectContaining({
          dev: 'x "y',
          src: '1.2.3.4',
          p: 'C:\\Windows',
          q: 'C:\\a',
          n: ['1', '2'],
        }),
      ],
      [3, { _raw: 'plain' }],
    ],
  },
  {
    title: 'plain lines',
    form: 'lines',
    text: 'Dec  3 host sshd[1]: Failed, for root\r\n\r\n[x] {"a"}\0',
    events: [
      [1, { _raw: 'Dec  3 host sshd[1]: Failed, for root' }],
      [3, { _raw: '[x] {"a"}\0' }],
    ],
  },
  { title: 'nothing', form: 'lines', text: '', events: [] },
  {
    title: 'binary event logs',
    form: 'evtx',
    text: 'ElfFile\0\0',
    events:
      "events:1: binary event logs can't be read: turn them into JSON first, as with `evtx_dump -o jsonl`",
  },
  {
    title: 'Winlogbeat as it is',
    form: 'json',
    text: '{"event":{"code":"1"},"winlog":{"event_data":{"Image":"i"}}}',
    events: [[1, { event: { code: '1' }, winlog: { event_data: { Image: 'i' } } }]],
  },
  {
    title: "Winlogbeat with Sigma's names",
    form: 'json',
    view: 'sigma',
    text: '{"event.code":"1","winlog":{"channel":"C","event_data":{"Image":"i"}},"process":{"executable":"e","command_line":"c"}}',
    events: [
      [
        1,
        expect.objectContaining({
          EventID: '1',
          Channel: 'C',
          Image: 'i',
          CommandLine: 'c',
          'event.code': '1',
        }),
      ],
    ],
  },
  {
    title: "Graylog's Winlogbeat with Sigma's names",
    form: 'csv',
    view: 'sigma',
    text: 'source,winlogbeat_winlog_event_data_Image,winlogbeat_event_code\nh,i,1\n',
    events: [
      [
        2,
        expect.objectContaining({
          source: 'h',
          Image: 'i',
          EventID: '1',
          winlogbeat_event_code: '1',
        }),
      ],
    ],
  },
];

/** What a reader gives of an input in pieces: events, then the error that ended it. */
function outcome(chunks: readonly string[], options: EventOptions = {}): readonly unknown[] {
  const reader = createEventReader(options);
  const found: unknown[] = [];
  try {
    for (const chunk of chunks) for (const one of reader.push(chunk)) found.push(one);
    for (const one of reader.end()) found.push(one);
  } catch (error) {
    found.push(String(error));
  }
  return found;
}

const optionsOf = ({ view }: Sample): EventOptions => (view === undefined ? {} : { view });

describe.each(samples)('$title', (sample) => {
  test('its form is told', () => expect(detectForm(sample.text)).toBe(sample.form));

  test('its events are read', () => {
    const { events, text } = sample;
    if (typeof events === 'string') expect(() => eventsIn(text, optionsOf(sample))).toThrow(events);
    else
      expect(eventsIn(text, optionsOf(sample)).map(({ line, event }) => [line, event])).toEqual(
        events,
      );
  });

  test('however it is cut into chunks', () => {
    const whole = outcome([sample.text], optionsOf(sample));
    expect(outcome([...sample.text], optionsOf(sample))).toEqual(whole);
    expect(outcome([...sample.text], { ...optionsOf(sample), form: sample.form })).toEqual(whole);
  });
});

const cut = (text: string, places: readonly number[]): readonly string[] => {
  const sorted = [
    0,
    ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b),
    text.length,
  ];
  return sorted.slice(1).map((end, at) => text.slice(sorted[at], end));
};

test('any JSON in any chunks gives the events that were written', () => {
  const events = fc.array(
    fc.dictionary(fc.string({ unit: anyCharacter }), fc.jsonValue({ maxDepth: 3 })),
    { maxLength: 6 },
  );
  const writers: readonly ((all: readonly unknown[]) => string)[] = [
    (all) => all.map((one) => JSON.stringify(one)).join('\n'),
    (all) => all.map((one) => JSON.stringify(one, null, 2)).join(''),
    (all) => JSON.stringify(all),
    (all) => `{"Records":${JSON.stringify(all)},"next":[{}]}`,
  ];
  fc.assert(
    fc.property(
      events,
      fc.constantFrom(...writers),
      fc.array(fc.nat(), { maxLength: 8 }),
      (all, write, places) => {
        const written = all.map((one) => ({
          '': 0,
          ...one,
          Event: 1,
          result: 1,
          _source: 1,
          message: 1,
          _raw: 1,
        }));
        const read = outcome(cut(write(written), places), { form: 'json' }) as readonly ReadEvent[];
        expect(read.map((one) => JSON.stringify(one.event))).toEqual(
          written.map((one) => JSON.stringify(one)),
        );
      },
    ),
    { numRuns: 150 },
  );
});

test('broken inputs give the same in any chunks, and errors are of one kind', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    '\\',
    '\n',
    '\r\n',
    '<Event>',
    '</Event>',
    '<Data Name="x">',
    '=',
    'a',
    ' ',
    '\0',
    '__proto__',
    ':1',
    "'",
    '&#65;',
    '_raw',
  );
  const forms = fc.constantFrom<Form | undefined>(
    'json',
    'csv',
    'xml',
    'windows-text',
    'auditd',
    'key-value',
    'lines',
    undefined,
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 40 }),
      forms,
      fc.array(fc.nat(), { maxLength: 6 }),
      (pieces, form, places) => {
        const text = pieces.join('');
        const options = form === undefined ? {} : { form };
        const whole = outcome([text], options);
        expect(outcome(cut(text, places), options)).toEqual(whole);
        expect(
          whole.filter((one) => typeof one === 'string' && !/^EventError: events:\d+: /.test(one)),
        ).toEqual([]);
      },
    ),
    { numRuns: 400 },
  );
});

test('the events before an error are given', () => {
  expect(outcome(['{"a":1}\n{"a":2}\n{"a"}'])).toEqual([
    { event: { a: 1 }, line: 1 },
    { event: { a: 2 }, line: 2 },
    expect.stringContaining('events:3: '),
  ]);
});

const mebibyte = 1 << 20;

test.each<readonly [string, string, string | undefined]>([
  [
    'a deep document',
    `{}\n${'{"a":'.repeat(101)}`,
    'events:2: the event is nested deeper than 100',
  ],
  ['a document as deep as may be', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, undefined],
  [
    'deep JSON in _raw',
    JSON.stringify({ _raw: `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}` }),
    undefined,
  ],
  [
    'deep XML',
    `<Event>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</Event>`,
    'events:1: elements are nested deeper than 100',
  ],
  [
    'a long document',
    `{}\n{"a":"${'x'.repeat(mebibyte)}"}`,
    'events:2: the event is longer than 1048576 characters',
  ],
  [
    'a long line',
    `x\n${'x'.repeat(mebibyte + 1)}`,
    'events:2: the event is longer than 1048576 characters',
  ],
  [
    'a long record',
    `a,b\n"${'\n'.repeat(mebibyte + 2)}`,
    'events:2: the event is longer than 1048576 characters',
  ],
  [
    'a long element',
    `<Event>${' '.repeat(mebibyte)}</Event>`,
    'events:1: the event is longer than 1048576 characters',
  ],
  ['a list longer than an event may be', `[${'{"a":1},'.repeat(150_000)}{}]`, undefined],
  ['many escaped quotes', `a=1 b="${'\\"'.repeat(mebibyte / 2 - 10)}"`, undefined],
  ['many open quotes', `a=1 ${'b="'.repeat(mebibyte / 3 - 10)}`, undefined],
  ['many quotes in CSV', `a,b\n"${'""'.repeat(mebibyte / 2 - 10)}",x`, undefined],
])('%s', (_title, text, error) => {
  const start = cpuMilliseconds();
  const last = outcome([text]).at(-1);
  expect(cpuMilliseconds() - start).toBeLessThan(5000);
  if (error === undefined) expect(last).toHaveProperty('event');
  else expect(last).toBe(`EventError: ${error}`);
});

test('whole numbers keep their digits', () => {
  const [found] = eventsIn(
    '{"a":9007199254740993,"b":[-18446744073709551615,1],"c":9007199254740992,"d":12,"e":"x:9007199254740993,","f":1.5}',
  );
  expect(found?.event).toEqual({
    a: '9007199254740993',
    b: ['-18446744073709551615', 1],
    c: 9007199254740992,
    d: 12,
    e: 'x:9007199254740993,',
    f: 1.5,
  });
  const matches = (line: string) => {
    const made = matcherOf(detectionOf(`s:\n  ${line}\ncondition: s`).query);
    return made.ok && found !== undefined && made.value(found.event);
  };
  expect(['a: 9007199254740993', 'b: -18446744073709551615', 'a|gt: 5'].map(matches)).toEqual([
    true,
    true,
    true,
  ]);
  expect(['a: 9007199254740992', 'a: 9007199254740994', 'a|lt: 5'].map(matches)).toEqual([
    false,
    false,
    false,
  ]);
});

test.each<readonly [string, string]>([
  ['JSON', '{"__proto__":{"polluted":1},"a":{"__proto__":{"polluted":1}}}'],
  [
    'Windows JSON',
    '{"Event":{"System":{"__proto__":"polluted","X":{"#attributes":{"polluted":1}}},"EventData":{"__proto__":"polluted"}}}',
  ],
  ['Winlogbeat', '{"winlog":{"event_data":{"__proto__":{"polluted":1}}}}'],
  ['CSV', '__proto__,constructor\n1,2\n'],
  ['key=value', '__proto__=1 constructor=2 __proto__=3'],
  [
    'XML',
    '<Event><System><__proto__ polluted="1">1</__proto__></System><EventData><Data Name="__proto__">1</Data></EventData></Event>',
  ],
])('a field named __proto__ is a field like others: %s', (_title, text) => {
  const [found] = eventsIn(text, { view: 'sigma' });
  expect(Object.getPrototypeOf(found?.event)).toBe(Object.prototype);
  expect(found?.event.polluted).toBeUndefined();
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test.each<readonly [unknown, string | undefined]>([
  [{ '@timestamp': '2025-01-01T00:00:00.5Z' }, '2025-01-01T00:00:00.500Z'],
  [{ TimeCreated_SystemTime: '2025-01-01T00:00:00.1234567Z' }, '2025-01-01T00:00:00.123Z'],
  [{ _time: '2025-01-01T02:00:00.000+0200' }, '2025-01-01T00:00:00.000Z'],
  [{ _time: '2025-01-01 00:00:00.000 UTC' }, '2025-01-01T00:00:00.000Z'],
  [{ _time: 1735689600 }, '2025-01-01T00:00:00.000Z'],
  [{ _time: '1735689600.250' }, '2025-01-01T00:00:00.250Z'],
  [{ timestamp: 1735689600250 }, '2025-01-01T00:00:00.250Z'],
  [{ ts: 1735689600250000 }, '2025-01-01T00:00:00.250Z'],
  [{ ts: '1735689600250000000' }, '2025-01-01T00:00:00.250Z'],
  [{ _time: '01/02/2025 12:00:01 AM' }, '2025-01-02T00:00:01.000Z'],
  [{ _time: '01/02/2025 12:00:01 PM' }, '2025-01-02T12:00:01.000Z'],
  [{ timestamp: 'yesterday', eventTime: '2025-01-01T00:00:00Z' }, '2025-01-01T00:00:00.000Z'],
  [
    {
      Event: { System: { TimeCreated: { '#attributes': { SystemTime: '2025-01-01T00:00:00Z' } } } },
    },
    '2025-01-01T00:00:00.000Z',
  ],
  [{ msg: ['audit(1735689600.250:7)', 'op=x'] }, '2025-01-01T00:00:00.250Z'],
  [{ '@timestamp': '2025-13-01T00:00:00Z' }, undefined],
  [{ time: '12:00', ts: 5 }, undefined],
  [{}, undefined],
])('the time of %j is %s', (event, expected) => {
  const time = eventTime(event as Record<string, unknown>);
  expect(time === undefined ? undefined : new Date(time).toISOString()).toBe(expected);
});

const folder = mkdtempSync(join(tmpdir(), 'sigpack-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function all(path: string, view: View = 'as-is'): Promise<readonly FoundEvent[]> {
  const found: FoundEvent[] = [];
  for await (const one of readEvents([path], view)) found.push(one);
  return found;
}

test('the log of Windows as JSON is read as an independent reader reads it', async () => {
  const event = (id: number, data: Readonly<Record<string, string>>) => ({
    Event: {
      '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
      System: {
        Provider: {
          '#attributes': {
            Name: 'Microsoft-Windows-Sysmon',
            Guid: '5770385F-C22A-43E0-BF4C-06F5698FFBD9',
          },
        },
        EventID: id,
        Level: 4,
        TimeCreated: { '#attributes': { SystemTime: `2026-02-03T04:05:0${id}.250Z` } },
        Correlation: null,
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        Computer: 'host.example.org',
      },
      EventData: data,
    },
  });
  const documents = [
    event(1, { Image: 'C:\\a b.exe', CommandLine: '"a" {b}' }),
    event(3, { DestinationIp: '10.0.0.1', Empty: '' }),
  ];
  const file = join(folder, 'windows.json');
  writeFileSync(
    file,
    documents.map((document) => JSON.stringify(document, undefined, 2)).join('\n'),
  );
  const found = await all(file);
  expect(found.map(({ event: one }) => ({ ...one, _time: (eventTime(one) ?? 0) / 1000 }))).toEqual(
    documents.map(flatten),
  );
});

test.each<readonly [string, Buffer]>([
  ['plain', Buffer.from('{"a":"é"}\n{"a":"b"}')],
  ['gzip', gzipSync('{"a":"é"}\n{"a":"b"}')],
  ['gzip of two members', Buffer.concat([gzipSync('{"a":"é"}\n'), gzipSync('{"a":"b"}')])],
  ['UTF-16 of PowerShell', Buffer.from('\ufeff{"a":"é"}\r\n{"a":"b"}', 'utf16le')],
])('files: %s', async (name, bytes) => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  expect(await all(file)).toEqual([
    { event: { a: 'é' }, line: 1, file: expect.stringContaining(name) },
    { event: { a: 'b' }, line: 2, file: expect.stringContaining(name) },
  ]);
});

test('what can not be read is an error with its file', async () => {
  writeFileSync(join(folder, 'half.gz'), gzipSync('{"a":1}'.repeat(100)).subarray(0, 30));
  writeFileSync(join(folder, 'empty'), '');
  await expect(all(join(folder, 'half.gz'))).rejects.toThrow(/half\.gz: unexpected end of file/);
  await expect(all(join(folder, 'none.json'))).rejects.toThrow(
    /none\.json: there is no such file or folder/,
  );
  await expect(all(folder)).rejects.toThrow(/\w: it is a folder, and a file is needed/);
  expect(await all(join(folder, 'empty'))).toEqual([]);
});

import { expect, test } from 'vitest';
import { flatten } from './judges/events.ts';
import {
  COMMAND_CASES,
  logons,
  people,
  REGEX_CASES,
  TIMECHART_CASES,
} from './judges/spl/command-cases.ts';
import {
  compileSpl,
  type Event,
  parseSearch,
  runSpl,
  SplError,
  searchStageOnly,
} from './judges/spl/spl.ts';

const one: Event = {
  _time: 1_764_137_487.5,
  _raw: 'Nov 26 ERROR user=alice ip=127.0.0.1 path=C:\\Temp\\evil.exe "quoted text"',
  index: 'main',
  Image: 'C:\\Windows\\System32\\cmd.exe',
  CommandLine: 'cmd.exe /c "whoami" 50% a_b',
  'user.name': 'Alice',
  'odd name': 'x|y',
  EventID: 4688,
  Count: '10',
  Word: 'abc',
  Empty: '',
  Nothing: null,
  Src: '10.1.2.3',
  Six: '2001:db8::1',
  Many: ['red', 'Green'],
  Flag: true,
};

function matches(spl: string, event: Event = one): boolean {
  return runSpl(spl, [event]).length === 1;
}

test.each([
  // field=value: whole value, any case, * the only wildcard, also in quotes
  ['Image="c:\\\\windows\\\\system32\\\\CMD.exe"', true],
  ['Image="*\\\\cmd.exe"', true],
  ['Image=*\\\\cmd.exe', true],
  ['Image="cmd.exe"', false],
  ['Image="*\\cmd.exe"', true],
  ['Image="C:\\\\*"', true],
  ['Image="*cmd?exe"', false],
  ['Word=a*c', true],
  ['Word="a*b*c"', true],
  ['Word="abc*abc"', false],
  ['Word="a\\*c"', false],
  ['CommandLine="*\\"whoami\\"*"', true],
  ['Word=CASE(abc)', true],
  ['Word=CASE(ABC)', false],
  ['EventID=4688', true],
  ['EventID="4688"', true],
  ['Flag=TRUE', true],
  ['user.name=alice', true],
  ['"odd name"="x|y"', true],
  ['Word = abc', true],
  // presence: != needs the field, NOT does not
  ['Word!=abd', true],
  ['Missing!=x', false],
  ['NOT Missing=x', true],
  ['Nothing=*', false],
  ['NOT Nothing=*', true],
  ['Empty=*', true],
  ['Empty=""', true],
  ['index=*', true],
  ['sourcetype=*', true],
  ['sourcetype=x', false],
  ['index=other', false],
  ['earliest=-1h latest=now Word=abc', true],
  // several values
  ['Many=red', true],
  ['Many=green', true],
  ['Many!=red', true],
  ['NOT Many=red', false],
  // comparison: numbers when both are, else by characters
  ['Count>9', true],
  ['Count<9', false],
  ['Count>=10 Count<=10', true],
  ['Word>5', true],
  ['Word>"abd"', false],
  ['Missing>1', false],
  ['Missing<1', false],
  // IN
  ['Word IN ("x", "AB*")', true],
  ['Word IN (x,y)', false],
  ['NOT Word IN (x, y)', true],
  ['EventID IN (1, 4688)', true],
  // CIDR, both families
  ['Src="10.0.0.0/8"', true],
  ['Src="10.2.0.0/16"', false],
  ['Src!="192.168.0.0/16"', true],
  ['Six="2001:db8::/32"', true],
  ['Six="2001:db9::/32"', false],
  ['Word="10.0.0.0/8"', false],
  // OR binds tighter than AND, NOT tightest
  ['Count=11 Word=x OR Word=abc', false],
  ['Word=abc OR Word=y Count=11 OR Count=10', true],
  ['NOT Word=x OR Word=y Count=10', true],
  ['NOT (Word=abc OR Count=11)', false],
  ['(Word=x Count=10) OR Word=abc', true],
  ['search Word=abc', true],
  // raw text
  ['error', true],
  ['err', false],
  ['err*', true],
  ['*rro*', true],
  ['alice', true],
  ['127.0.0.1', true],
  ['127.0.0', true],
  ['TERM(127.0.0.1)', false],
  ['TERM(ip=127.0.0.1)', true],
  ['CASE(ERROR)', true],
  ['CASE(error)', false],
  ['"error user"', true],
  ['"user error"', false],
  ['"quoted text"', true],
  ['C:\\\\Temp\\\\evil.exe', true],
  ['or', false],
  ['*', true],
])('search stage: %s -> %s', (spl, expected) => {
  expect(matches(spl)).toBe(expected);
});

test.each([
  ['Word="abc"', true],
  ['Word="ABC"', false],
  ['Word==lower("ABC")', true],
  ['lower(Image)="c:\\\\windows\\\\system32\\\\cmd.exe"', true],
  ['\'user.name\'="Alice"', true],
  ['EventID=4688', true],
  ['EventID="4688"', true],
  ['Count>9', true],
  ['Count>"9"', false],
  ['Count="10.0"', false],
  ['Count=10.0', true],
  // missing fields: comparisons are null, and so is their negation
  ['Missing="x"', false],
  ['NOT Missing="x"', false],
  ['Missing!="x"', false],
  ['NOT match(Missing, "x")', false],
  ['NOT (isnotnull(Missing) AND match(Missing, "x"))', true],
  ['isnull(Missing) OR Missing="x"', true],
  ['Missing="x" OR Word="abc"', true],
  ['NOT (Missing="x" AND Word="zzz")', true],
  ['isnull(Nothing)', true],
  ['isnotnull(Empty)', true],
  // AND binds tighter than OR, OR than XOR
  ['Word="abc" OR Word="x" AND Count=11', true],
  ['(Word="abc" OR Word="x") AND Count=11', false],
  ['Word="abc" XOR Word="x" OR Count=10', false],
  ['NOT Word="x" AND Word="abc"', true],
  // functions
  ['match(Image, "System32")', true],
  ['match(Image, "system32")', false],
  ['match(Image, "(?i)system32\\\\\\\\cmd\\.exe$")', true],
  ['match(Image, "^C:\\x5cWindows")', true],
  ['match(Word, "^a.c$")', true],
  ['match(Many, "^Gr")', true],
  ['like(CommandLine, "cmd%50% a_b")', true],
  ['like(Word, "a_c")', true],
  ['like(Word, "A%")', false],
  ['Word LIKE "ab%"', true],
  ['cidrmatch("10.0.0.0/8", Src)', true],
  ['cidrmatch("2001:db8::/32", Six)', true],
  ['cidrmatch("10.0.0.0/8", Word)', false],
  ['in(Word, "x", "abc")', true],
  ['Word IN ("x", "abc")', true],
  ['if(isnull(Missing), true(), false())', true],
  ['case(Word="x", 1, true(), 2)=2', true],
  ['coalesce(Missing, Word)="abc"', true],
  ['len(Word)=3 AND substr(Word, 2, 1)="b" AND substr(Word, -1)="c"', true],
  ['replace(Word, "(b)", "[\\1]")="a[b]c"', true],
  ['tonumber("0x1f", 16)=31 OR tonumber("1f", 16)=31', true],
  ['isnull(tonumber(Word))', true],
  ['strftime(_time, "%Y-%m-%dT%H:%M:%S")="2025-11-26T06:11:27"', true],
  ['strptime("2025-11-26T06:11:27.500Z", "%Y-%m-%dT%H:%M:%S.%Q%Z")=_time', true],
  ['strptime("2025-11-26T07:11:27.5+01:00", "%Y-%m-%dT%H:%M:%S.%Q%Z")=_time', true],
  ['isnull(strptime(Word, "%Y"))', true],
  ['mvcount(Many)=2 AND mvfind(Many, "^G")=1 AND mvcount(mvappend(Many, Word))=3', true],
  ['mvjoin(mvfilter(match(Many, "e")), ",")="red,Green"', true],
  ['mvcount(mvfilter(like(Many, "r%")))=1', true],
  ['mvindex(split("a;b;c", ";"), -1)="c"', true],
  ['trim("  x ")="x"', true],
  ['Count+1=11 AND Count*2=20 AND 7%4=3 AND Word."d"="abcd"', true],
  ['"a\\"b\\\\c\\td"=("a\\"b\\\\c" . "\\t" . "d")', true],
])('where: %s -> %s', (expression, expected) => {
  expect(matches(`* | where ${expression}`)).toBe(expected);
});

test.each([
  ['(Word=abc', 'parenthes'],
  ['Word=abc)', 'parenthes'],
  ['Word="abc', 'quotes'],
  ['Word=', 'right hand side'],
  ['="x"', 'left hand side'],
  ['Word=OR', 'right hand side'],
  ['OR Word=abc', 'OR'],
  ['Word=abc OR', 'ends'],
  ['NOT', 'ends'],
  ['()', 'term is expected'],
  ['Word=a XOR Word=b', 'XOR'],
  ['Word IN (a b)', 'commas'],
  ['Word IN ()', 'missing a term'],
  ['Word="a"b', 'runs into'],
  ["'Word'=a", 'Single quotes'],
  ['Word=a [search x]', 'Subsearch'],
  ['Word=a ]', 'Mismatched'],
  ['Word=a `nope`', 'macro'],
  ['Word=a `nope', 'backticks'],
  ['Word=a | | head', 'missing'],
  ['Word=a | nosuch x', 'Unknown search command'],
  ['Word=a | delete', 'Unknown search command'],
  ['| rex field=Word "(?<a>b)"', 'first command'],
  ['* | where nosuch(Word)', 'unsupported or undefined'],
  ['* | where Word', 'not boolean'],
  ['* | where Word="a" AND Word', 'boolean'],
  ['* | where match(Word)', 'arguments'],
  ['* | where user.name=5', 'different types'],
  ['* | where "a"=1', 'different types'],
  ['* | where Word="a" and Count=1', 'malformed'],
  ['* | where Word="a"|b"', 'quotes'],
  ['* | where \'odd|name\'="a"', 'single quotes'],
  ['* | where like(Word, "50\\%")', 'escape'],
  ['* | where match(Word, "(")', 'Regex'],
  ['* | where match(Word, "(?<=a+)b")', 'fixed length'],
  ['* | where match(Word, "a++")', 'possessive'],
  ['* | where match(Word, "\\y")', 'Regex'],
  ['* | eval x=Word="a"', 'boolean'],
  ['* | eval x=true()', 'boolean'],
  ['* | eval x=upper(null())', 'arguments'],
  ['* | eval x="a"+1', 'two strings'],
  ['* | eval x="a"*2', 'only takes numbers'],
  ['* | stats nosuch(Word)', 'invalid'],
  ['* | stats count by', 'BY'],
  ['* | stats count(eval(Word="a"))', 'AS'],
  ['* | stats count nosucharg=1', 'invalid'],
  ['* | streamstats time_window=x count', 'span'],
  ['* | bin _time', 'span'],
  ['* | regex Word=abc', 'usage'],
  ['| multisearch [search a]', 'two'],
  ['| multisearch [search a | stats count] [search b]', 'streaming'],
  ['| multisearch [index=a] [search b]', 'command is expected|Unknown|first command'],
  ["* | table 'odd name'", 'expected'],
])('refuses %s', (spl, message) => {
  const read = () => {
    const { pipeline, run } = compileSpl(spl);
    run([one]);
    return pipeline;
  };
  expect(read).toThrow(SplError);
  expect(read).toThrow(new RegExp(message, 'i'));
});

const macros = new Map([
  ['idx', 'index=main OR index=other'],
  ['keep', 'search *'],
  ['none', 'search Word=nothing'],
  ['outer', '(`idx`) Word=abc'],
  ['loop', 'Word=a `loop`'],
]);

test.each([
  ['`idx` Word=abc | `keep`', true],
  ['`outer`', true],
  ['Word=abc | `none`', false],
  ['Word=abc ```a comment | head 0``` Count=10', true],
  ['Word="`idx`"', false],
])('macros: %s -> %s', (spl, expected) => {
  expect(runSpl(spl, [one], { macros }).length === 1).toBe(expected);
});

test('nesting without end is refused', () => {
  expect(() => parseSearch(`${'('.repeat(50_000)}a${')'.repeat(50_000)}`)).toThrow(SplError);
});

test('a macro that calls itself is refused', () => {
  expect(() => parseSearch('`loop`', macros)).toThrow(SplError);
});

/** Node 22's own expressions have no flags for a part. */
function hasLocalFlags(): boolean {
  const source: string = ['(?i', ':a)'].join('');
  try {
    return new RegExp(source).test('A');
  } catch {
    return false;
  }
}

test.each(REGEX_CASES.filter(([regex]) => hasLocalFlags() || !/.\(\?i|\(\?i:/.test(regex)))(
  'match is PCRE: %s on %j -> %s',
  (regex, text, expected) => {
    const literal = regex.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    expect(matches(`* | where match(f, "${literal}")`, { _time: 0, f: text })).toBe(expected);
  },
);

test.each(COMMAND_CASES)('commands: %s', (spl, expected) => {
  expect(runSpl(spl, logons, { tables: people })).toEqual(expected);
});

test.each(TIMECHART_CASES)('commands over a time range: %s', (spl, expected) => {
  expect(runSpl(spl, logons, {}, { earliest: 0, latest: 300 })).toEqual(expected);
});

test('a lookup that is not there, or lacks a field, is refused', () => {
  expect(() => runSpl('* | lookup nobody user OUTPUT x', logons)).toThrow(/could not find nobody/);
  expect(() =>
    runSpl('* | lookup people NAME AS user OUTPUT salary', logons, { tables: people }),
  ).toThrow(/has no field salary/);
});

test('time_window wants rows in time order', () => {
  expect(() => runSpl('* | sort 0 src | streamstats time_window=1m count', logons)).toThrow(
    /sorted in time order/,
  );
});

test('a regex in a quoted argument loses one layer of backslashes', () => {
  expect(matches('* | regex Image="\\\\\\\\cmd\\.exe$"')).toBe(true);
  expect(matches('* | regex Image="s\\\\System32"')).toBe(false);
  expect(matches('* | regex Image="s\\\\\\\\System32"')).toBe(true);
  expect(matches('* | regex Image="\\d\\d\\\\\\\\cmd"')).toBe(true);
});

test('a missing field under both readings of null', () => {
  const careless = '* | where NOT match(Missing, "x")';
  const careful = '* | where NOT (isnotnull(Missing) AND match(Missing, "x"))';
  const answers = (spl: string) =>
    (['unknown', 'false'] as const).map((nulls) => runSpl(spl, [one], { nulls }).length);
  expect(answers(careless)).toEqual([0, 1]);
  expect(answers(careful)).toEqual([1, 1]);
});

test('the first search stage alone', () => {
  const spl = 'Word=abc | where Count="11"';
  expect(searchStageOnly(spl)(one)).toBe(true);
  expect(runSpl(spl, [one])).toEqual([]);
  expect(
    searchStageOnly('| multisearch [search Word=x] [search Count=10 | where false()]')(one),
  ).toBe(true);
  expect(searchStageOnly('`m`', { macros: new Map([['m', 'Word=zzz']]) })(one)).toBe(false);
  expect(() => searchStageOnly('* | nosuch')).toThrow(SplError);
});

test('the stages of a pipeline', () => {
  const { stages } = parseSearch(
    'Word="a|b" | where match(Word, "a|b") | stats count by "odd name"',
  );
  expect(stages.map((stage) => [stage.name, stage.arguments])).toEqual([
    ['search', 'Word="a|b"'],
    ['where', 'match(Word, "a|b")'],
    ['stats', 'count by "odd name"'],
  ]);
});

test('a field called like a property of every object is missing', () => {
  expect(matches('constructor=*')).toBe(false);
  expect(matches('* | where isnull(constructor)')).toBe(true);
});

test('Windows event JSON becomes flat fields', () => {
  const document = {
    Event: {
      System: {
        Provider: { '#attributes': { Name: 'P' } },
        EventID: { '#attributes': { Qualifiers: 1 }, '#text': 7045 },
        TimeCreated: { '#attributes': { SystemTime: '2025-11-26T05:11:27.500Z' } },
        Channel: 'System',
      },
      EventData: { '#attributes': { Name: 'x' }, Image: 'a.exe', Empty: '' },
      UserData: { Task: { '#attributes': { xmlns: 'y' }, TaskName: 'T' } },
    },
  };
  expect(flatten(document)).toEqual({
    Provider_Name: 'P',
    EventID: 7045,
    EventID_Qualifiers: 1,
    TimeCreated_SystemTime: '2025-11-26T05:11:27.500Z',
    Channel: 'System',
    Image: 'a.exe',
    Empty: '',
    TaskName: 'T',
    _time: 1_764_133_887.5,
  });
});

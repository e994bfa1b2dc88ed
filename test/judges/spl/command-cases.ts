import type { Event } from './value.ts';

/** Five logons, for the commands that look at several events. */
export const logons: readonly Event[] = [
  { _time: 100, user: 'a', src: '1', n: 1 },
  { _time: 130, user: 'a', src: '2', n: 2 },
  { _time: 150, user: 'b', src: '1', n: 3 },
  { _time: 160, user: 'a', src: '3', n: 4 },
  { _time: 170, src: '9', n: 5 },
];

/** A search and the rows that it makes of the logons. */
export const COMMAND_CASES: readonly [string, readonly unknown[]][] = [
  ['* | stats count', [{ count: 5 }]],
  [
    '* | stats count as c dc(src) as d sum(n) as s avg(n) as m by user',
    [
      { user: 'a', c: 3, d: 3, s: 7, m: 7 / 3 },
      { user: 'b', c: 1, d: 1, s: 3, m: 3 },
    ],
  ],
  [
    '* | stats count(eval(n>2)) as big, min(n) as lo, max(n) as hi, perc50(n) as p, perc90(n) as q',
    [{ big: 3, lo: 1, hi: 5, p: 3, q: 4.6 }],
  ],
  [
    '* | stats earliest(src) as e, latest(src) as l, values(user) as v, list(user) as w',
    [{ e: '1', l: '9', v: ['a', 'b'], w: ['a', 'b', 'a', 'a'] }],
  ],
  ['* | stats sum(user) as s', []],
  ['* | stats sum(nope) as s count(nope) as c', [{ c: 0 }]],
  ['none=x | stats count', [{ count: 0 }]],
  ['* | stats count by nope', []],
  ['* | stats count by user | where count>=3 | fields user', [{ user: 'a' }]],
  [
    '* | sort 0 _time | streamstats count as c by user | table n c',
    [{ n: 1, c: 1 }, { n: 2, c: 2 }, { n: 3, c: 1 }, { n: 4, c: 3 }, { n: 5 }],
  ],
  [
    '* | sort 0 _time | streamstats time_window=60 count as c dc(src) as d by user | where c>=3 | table n',
    [],
  ],
  [
    '* | sort 0 _time | streamstats time_window=61s count as c dc(src) as d by user | where c>=3 AND d>=3 | table n',
    [{ n: 4 }],
  ],
  [
    '* | streamstats window=2 sum(n) as s | table s',
    [{ s: 5 }, { s: 9 }, { s: 7 }, { s: 5 }, { s: 3 }],
  ],
  [
    '* | sort 0 _time | streamstats current=f last(n) as before | table n before',
    [{ n: 1 }, { n: 2, before: 1 }, { n: 3, before: 2 }, { n: 4, before: 3 }, { n: 5, before: 4 }],
  ],
  [
    '* | sort 0 _time | streamstats window=2 global=f sum(n) as s by user | where n=4 | table s',
    [{ s: 6 }],
  ],
  ['* | sort 0 _time | streamstats window=2 sum(n) as s by user | where n=4 | table s', [{ s: 4 }]],
  [
    '* | sort 0 _time | streamstats reset_on_change=true count as c by user | where n=4 | table c',
    [{ c: 1 }],
  ],
  [
    '* | eventstats count as c by user | where c=3 | sort 0 n | table n c',
    [
      { n: 1, c: 3 },
      { n: 2, c: 3 },
      { n: 4, c: 3 },
    ],
  ],
  [
    '* | bin _time span=1m | stats count by _time',
    [
      { _time: 60, count: 1 },
      { _time: 120, count: 4 },
    ],
  ],
  ['* | head 2 | table n', [{ n: 5 }, { n: 4 }]],
  ['* | sort - n | head 1 | table n', [{ n: 5 }]],
  ['* | sort 0 user -n | table n', [{ n: 4 }, { n: 2 }, { n: 1 }, { n: 3 }, { n: 5 }]],
  ['* | dedup user | table n', [{ n: 4 }, { n: 3 }]],
  [
    '* | fillnull value="-" user | stats count by user',
    [
      { user: '-', count: 1 },
      { user: 'a', count: 3 },
      { user: 'b', count: 1 },
    ],
  ],
  [
    'n=1 | rename user as "the user", src AS ip | table "the user" ip user',
    [{ 'the user': 'a', ip: '1' }],
  ],
  ['n=1 | fields - src, n', [{ _time: 100, user: 'a' }]],
  ['n=1 | fields u*', [{ _time: 100, user: 'a' }]],
  ['n=1 | eval a=n+1, b=a*2, user=null() | table a b user', [{ a: 2, b: 4 }]],
  ['n=1 | eval t=if(user="a", "yes", "no") | table t', [{ t: 'yes' }]],
  ['n=1 | rex field=user "(?<letter>[a-z])" | table letter', [{ letter: 'a' }]],
  ['* | regex user="^a$" | stats count', [{ count: 3 }]],
  ['* | regex user!="^a$" | stats count', [{ count: 2 }]],
  [
    '| multisearch [ search user=a | eval kind="A" ] [ search src=1 | eval kind="B" ] | stats count dc(kind) as kinds by user',
    [
      { user: 'a', count: 4, kinds: 2 },
      { user: 'b', count: 1, kinds: 1 },
    ],
  ],
  [
    '| multisearch [search n=1] [search n=5] [search n=3] | table n',
    [{ n: 5 }, { n: 3 }, { n: 1 }],
  ],
  ['n=1 | append [search n=5] | table n', [{ n: 1 }, { n: 5 }]],
  [
    '* | stats values(src) AS src values(n) AS "a.n" BY user | foreach src "a.n" nope [eval "<<FIELD>>"=mvindex(\'<<FIELD>>\',0,1)] | table user src a.n',
    [
      { user: 'a', src: ['1', '2'], 'a.n': ['1', '2'] },
      { user: 'b', src: '1', 'a.n': '3' },
    ],
  ],
  [
    'n=1 | foreach u* src [eval <<FIELD>>=<<FIELD>>."!"] | table user src',
    [{ user: 'a!', src: '1!' }],
  ],
  ['n=1 | union [search n=5] | table n', [{ n: 5 }, { n: 1 }]],
  [
    'n=1 | eval a="x||y" | makemv delim="|" a | mvexpand a limit=10 | table n a',
    [
      { n: 1, a: 'x' },
      { n: 1, a: 'y' },
    ],
  ],
  ['* | mvexpand nope | stats count', [{ count: 5 }]],
  ['n=1 | eval a=split(urldecode("x%0Ay"), urldecode("%0A")) | table a', [{ a: ['x', 'y'] }]],
  [
    '* | chart limit=0 sum(n) over user by src',
    [
      { user: 'a', 1: 1, 2: 2, 3: 4 },
      { user: 'b', 1: 3 },
    ],
  ],
  [
    '* | lookup people NAME AS user OUTPUT team AS t, "full name" | sort 0 n | table n t "full name"',
    [
      { n: 1, t: 'red', 'full name': 'Ann' },
      { n: 2, t: 'red', 'full name': 'Ann' },
      { n: 3 },
      { n: 4, t: 'red', 'full name': 'Ann' },
      { n: 5 },
    ],
  ],
  ['| inputlookup people | where isnotnull(team) | table NAME', [{ NAME: 'A' }]],
  ['| rest splunk_server=local count=0 /services/x | table title', [{ title: 'one' }]],
];

/** What the cases above look up. */
export const people: ReadonlyMap<string, readonly Event[]> = new Map([
  [
    'people',
    [
      { NAME: 'A', team: 'red', 'full name': 'Ann' },
      { NAME: 'B', team: '', 'full name': '' },
    ],
  ],
  ['/services/x', [{ title: 'one' }]],
]);

/** Searches over the first five minutes, and the rows that they make of the logons. */
export const TIMECHART_CASES: readonly [string, readonly unknown[]][] = [
  [
    '* | timechart span=1m limit=0 count by user',
    [
      { _time: 0, a: 0, b: 0 },
      { _time: 60, a: 1, b: 0 },
      { _time: 120, a: 2, b: 1 },
      { _time: 180, a: 0, b: 0 },
      { _time: 240, a: 0, b: 0 },
    ],
  ],
  [
    '* | timechart dc(src) as d | where d>0',
    [
      { _time: 100, d: 1 },
      { _time: 130, d: 1 },
      { _time: 150, d: 1 },
      { _time: 160, d: 1 },
      { _time: 170, d: 1 },
    ],
  ],
];

/** A PCRE, a text, and whether it matches. */
export const REGEX_CASES: readonly [string, string, boolean][] = [
  ['(?s)^a.b$', 'a\nb', true],
  ['^a.b$', 'a\nb', false],
  ['^a.b$', 'a\rb', true],
  ['(?m)^b$', 'a\nb\nc', true],
  ['^b$', 'a\nb\nc', false],
  ['c$', 'abc\n', true],
  ['c\\z', 'abc\n', false],
  ['a(?i)b|c', 'C', true],
  ['a(?i)b|c', 'AB', false],
  ['(a(?i)b)c', 'aBC', false],
  ['(?i:AB)c', 'abc', true],
  ['[[:alpha:]]+-[\\w-.]+', 'ab-c.d', true],
  ['[]a]b', ']b', true],
  ['a{,2}', 'a{,2}', true],
  ['\\Qa.b\\E', 'axb', false],
  ['\\x{41}\\x42', 'AB', true],
  ['(?P<n>a)(?P=n)', 'aa', true],
  ['(?<n>a)\\1', 'aa', true],
  ['\\d', '٣', false],
  ['\\s', '\u2003', false],
  ['\\-\\_\\"\\/', '-_"/', true],
  ['\\pL', 'é', true],
  ['😀+$', '😀😀', true],
];

import fc from 'fast-check';
import {
  anyValue,
  damaged,
  fewTexts,
  lines,
  listOf,
  mapOf,
  number,
  scalar,
  text,
  yaml,
} from './texts.ts';

const modifiers = [
  'contains',
  'startswith',
  'endswith',
  'all',
  'cased',
  'neq',
  're',
  'i',
  'm',
  's',
  'cidr',
  'exists',
  'fieldref',
  'lt',
  'gte',
  'expand',
  'windash',
  'wide',
  'utf16',
  'base64',
  'base64offset',
  'hour',
  'week',
  'nope',
  '',
];
const chains = [
  '',
  '',
  '',
  '|contains',
  '|startswith',
  '|endswith',
  '|contains|all',
  '|cased',
  '|neq',
  '|re',
  '|re|i',
  '|cidr',
  '|exists',
  '|fieldref',
  '|gt',
  '|windash|contains',
  '|wide|base64offset|contains',
  '|cased|contains',
  '|neq|contains',
  '|hour|gte',
  '|expand',
];
const regexes = [
  'a+',
  '(a|b)*c',
  '^x$',
  '\\d{1,3}',
  '[^\\s"]+',
  'a{20}b',
  '.*a.{12}b',
  '(?i)x',
  '(?=a)',
  '(',
  '[',
  '\\',
  'a**',
  '\\x{110000}',
  '[[:alpha:]]',
  'a{1,9999}',
  '(?:(?:a{9}){9}){9}',
];
const networks = [
  '10.0.0.0/8',
  '192.168.1.1',
  '::1/128',
  'fe80::/64',
  '2001:db8::/117',
  '10.0.0.0/33',
  '%net%',
];
const fields = [
  'Image',
  'User',
  'CommandLine',
  'EventID',
  'a b',
  'and',
  'x.y',
  '_raw',
  'message',
  'source.ip',
  '__proto__',
];

const chain = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...chains) },
  fc
    .array(fc.constantFrom(...modifiers), { maxLength: 4 })
    .map((names) => names.map((name) => `|${name}`).join('')),
);
const key = fc
  .tuple(fewTexts(...fields), chain)
  .map(([field, more]) => field.replaceAll('|', '') + more);
const value = fc.oneof(
  { weight: 6, arbitrary: scalar },
  fc
    .constantFrom(...regexes, ...networks, '%net%', '%a%%b%', '*?*?a', 'a????????????b', '\\*')
    .map(yaml),
);
const values = fc.oneof({ weight: 3, arbitrary: value }, listOf(value, 6));
const selection = fc.oneof(
  { weight: 5, arbitrary: mapOf(key, values) },
  listOf(mapOf(key, values)),
  listOf(value),
  value,
  anyValue,
);

const names = ['sel', 'filter', '_own', 'other'];
const conditions = [
  'sel',
  'sel and not filter',
  '1 of them',
  'all of them',
  'sel or other',
  'not sel',
  'all of sel*',
  '1 of _*',
  'sel and',
  '(sel',
  'not not sel',
  'sel | count() > 5',
  'nope',
];
const detection = fc
  .tuple(
    fc.array(fc.tuple(fewTexts(...names), selection), { minLength: 1, maxLength: 3 }),
    fewTexts(...conditions),
    fc.boolean(),
  )
  .map(([selections, condition, known]) => {
    const named: readonly (readonly [string, string])[] = known
      ? selections.map(([, body], at) => [names[at] ?? 'sel', body])
      : selections;
    const body = named.map(([name, entry]) => `  ${yaml(name)}: ${entry}\n`).join('');
    return `detection:\n${body}  condition: ${yaml(known && !/^(?:not )*sel$|them/.test(condition) ? '1 of them' : condition)}\n`;
  });

const sourcePart = fewTexts('windows', 'linux', 'process_creation', 'registry_set', 'sysmon').map(
  yaml,
);
const logsource = fc.oneof(
  { weight: 3, arbitrary: fc.constant('{ product: windows, category: process_creation }') },
  lines({
    product: sourcePart,
    category: sourcePart,
    service: sourcePart,
    definition: text.map(yaml),
  }).map((parts) => `{ ${parts.trimEnd().replaceAll('\n', ', ')} }`),
);

const duration = fc.oneof(fc.constantFrom('5m', '1h', '0', '90s', '1d', '99d'), scalar);
const ownSettings = fc.oneof(
  mapOf(
    fc.constantFrom(
      'name',
      'owner',
      'enabled',
      'severity',
      'interval',
      'cron',
      'window',
      'delay',
      'threshold',
    ),
    fc.oneof(
      duration,
      fc.constantFrom("'*/5 * * * *'", "'0 0 31 2 *'", "'1,2 3 * * 1'", 'high', '5'),
    ),
  ),
  text.map(
    (one) =>
      `{ suppress: { fields: [${yaml(one)}] }, risk: { objects: [{ field: ${yaml(one)}, type: user }] }, graylog: { remediation: ${yaml(one)}, streams: [${yaml(one)}] } }`,
  ),
  fc
    .tuple(
      fewTexts(
        'action.email.command',
        'dispatchAs',
        'description',
        'action.notable.param.rule_title',
        'cron_schedule',
        'actions',
      ),
      scalar,
    )
    .map(([name, one]) => `{ splunk: { savedsearch: { ${yaml(name)}: ${one} } } }`),
  anyValue,
);

const texts = text.map(yaml);
const head = lines({
  status: fc.constantFrom('test', 'stable', 'experimental', 'deprecated', 'x'),
  level: fc.constantFrom('high', 'low', 'critical', 'medium', '5'),
  description: texts,
  author: texts,
  license: texts,
  date: fc.oneof(fc.constant("'2026-01-01'"), texts),
  modified: texts,
  references: listOf(texts),
  falsepositives: listOf(texts),
  tags: listOf(
    fewTexts('attack.t1059', 'attack.execution', 'cve.2021-44228', 'attack.T1059.001').map(yaml),
  ),
  fields: listOf(fewTexts(...fields).map(yaml)),
  name: texts,
  taxonomy: texts,
  custom: anyValue,
  sigpack: ownSettings,
});

const titled = text.map(
  (one) => `title: ${yaml(`${one} @N@`)}\nid: 00000000-0000-4000-8000-@ID@\n`,
);
const detectionRule = fc
  .tuple(titled, head, logsource, detection)
  .map(([first, more, source, body]) => `${first}${more}logsource: ${source}\n${body}`);

const types = fc.constantFrom(
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
  'x',
);
const threshold = fc
  .tuple(fc.constantFrom('gte', 'gt', 'lte', 'lt', 'eq', 'neq', 'x'), number, fewTexts(...fields))
  .map(([operator, count, field]) => `{ ${operator}: ${count}, field: ${yaml(field)} }`);
const correlationRule = fc
  .tuple(
    titled,
    head,
    types,
    listOf(fewTexts(...fields).map(yaml)),
    fc.constantFrom('5m', '1h', '0s', '30d', 'x'),
    threshold,
    fc.boolean(),
    text,
  )
  .map(([first, more, type, group, timespan, condition, generate, alias]) => {
    const own = `correlation:\n  type: ${type}\n  generate: ${generate}\n  rules: [base@N@]\n  group-by: ${group}\n  timespan: ${timespan}\n  condition: ${condition}\n`;
    const aliases = alias.length > 3 ? `  aliases: { ${yaml(alias)}: { base@N@: User } }\n` : '';
    const base = `title: Base @N@\nid: 00000000-0000-4000-9000-@ID@\nname: base@N@\nstatus: test\nlogsource: { product: windows }\ndetection: { sel: { Image: a }, condition: sel }\n`;
    return `${first}${more.replace(/^name:.*\n/m, '')}${own}${aliases}---\n${base}`;
  });

const filter = fc
  .tuple(titled, logsource, selection)
  .map(
    ([first, source, body]) =>
      `${first}logsource: ${source}\nfilter:\n  rules: any\n  ${'sel'}: ${body}\n  condition: not sel\n`,
  );

/** A rule file as a stranger may write it. `@N@` and `@ID@` stand for what tells it from others. */
export const hostileRule: fc.Arbitrary<string> = damaged(
  fc.oneof(
    { weight: 10, arbitrary: detectionRule },
    { weight: 2, arbitrary: correlationRule },
    { weight: 1, arbitrary: filter },
  ),
);

/** With a number of its own in place of the marks. */
export const numbered = (rule: string, index: number): string =>
  rule.replaceAll('@N@', String(index)).replaceAll('@ID@', String(index).padStart(12, '0'));

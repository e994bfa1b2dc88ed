import { yamlText } from './yaml-text.ts';

/** Texts that mean something to a reader of one of the packs. */
export const payloads: readonly string[] = [
  'quote " and \' and ""',
  'ends in a backslash \\',
  'ends in three \\\\\\',
  'line\n[stanza]\nsearch = | delete',
  'carriage\r[stanza]\rsearch = | delete',
  'nul \0 and escape \u001b[31m',
  'separators \u2028[a]\u2029[b]\u0085[c]\u000b[d]\u000c[e]',
  'second controls \u0080\u0090\u009b31m',
  '`macro` and ```comment```',
  '[search index=* | delete]',
  '] | delete [',
  '" | delete | search "',
  "' OR true() OR '",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Graylog's template language looks so
  '$token$ $env:user$ ${source.password}',
  ']]> </title></script><script>alert(1)</script>',
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]> &e; &#0;',
  '"}], "entities": [{"',
  '../../etc/passwd',
  '/etc/passwd\0.yml',
  'C:\\..\\..\\windows\\win.ini',
  '* OR *:*',
  '/.*/ OR /',
  'foo" OR "',
  '{a TO b} [a TO b]',
  '_exists_:x AND NOT y',
  'mail\u202egpj.exe \u2066 \u200f',
  "=cmd|' /C calc'!A1",
  '@SUM(1+1)*cmd',
  '\u{1f600} and \ufeff and \uffff',
  '{{this}} {{{json this}}} {{> x}} {{constructor.constructor}}',
  '__proto__',
  'constructor',
  '%00 %n %s %file%',
  '*?*?*?',
  '\\* \\? \\\\* \\',
  '::error file=x::y',
  '$(touch x) ; rm -rf / #',
  'x'.repeat(150),
];

const id = (kind: number, index: number): string =>
  `9000000${kind}-0000-4000-8000-${String(index).padStart(12, '0')}`;
const head = (kind: number, index: number, title: string): string =>
  `title: ${yamlText(title)}\nid: ${id(kind, index)}\nstatus: test\n`;
const detection = 'detection:\n  sel: { Image: harmless }\n  condition: sel\n';

/** The payload in every text of a rule. */
function texts(payload: string, index: number): string {
  const text = yamlText(payload);
  return `${head(1, index, `${payload} T${index}`)}description: ${text}
author: ${text}
license: ${text}
date: ${text}
references: [${text}, ${yamlText(`https://example.org/${payload}`)}]
falsepositives: [${text}]
tags: [${text}, ${yamlText(`attack.${payload}`)}, attack.t1059]
fields: [${text}]
logsource: { product: ${text}, category: ${text}, service: ${text}, definition: ${text} }
${text.length < 1000 ? `${text}: ${text}\n` : ''}${detection}`;
}

/** As value, keyword and name of a selection. */
function values(payload: string, index: number): string {
  const text = yamlText(payload);
  return `${head(2, index, `Value ${index}`)}logsource: { product: windows }
detection:
  ${text}:
    Image: ${text}
    Parent|contains: [${text}, ${yamlText(`${payload}x`)}]
  other:
    Image|cased|endswith: ${text}
  third:
    Image|neq|startswith: ${text}
    Parent: plain
  condition: 1 of them
---
${head(3, index, `Keyword ${index}`)}logsource: { product: windows }
detection:
  words: [${text}]
  condition: words
`;
}

/** As name of a field in each kind of test. */
function fields(payload: string, index: number): string {
  const name = payload.replaceAll('|', '');
  const key = (modifier: string): string => yamlText(name + modifier);
  return `${head(4, index, `Field ${index}`)}logsource: { product: windows }
detection:
  a: { ${key('')}: x }
  b: { ${key('|cased|contains')}: y }
  c: { ${key('|exists')}: true }
  d: { ${key('|gt')}: 5 }
  e: { ${key('|re')}: 'z+' }
  f: { ${yamlText(`Other ${index}`)}: null }
  condition: 1 of them
---
${head(5, index, `Field reference ${index}`)}logsource: { product: windows }
detection:
  a: { Image|fieldref: ${yamlText(payload)} }
  condition: a
`;
}

/** In a rule's own settings. */
function settings(payload: string, index: number): string {
  const text = yamlText(payload);
  return `${head(6, index, `Settings ${index}`)}logsource: { product: windows }
${detection}sigpack:
  owner: ${text}
  remediation: ${text}
  suppress: { fields: [${text}] }
  risk: { objects: [{ field: ${text}, type: user }] }
  graylog: { remediation: ${text}, keyFields: [Image], streams: [${text}] }
  splunk: { savedsearch: { action.notable.param.default_owner: ${text} } }
---
${head(7, index, `Name in settings ${index}`)}logsource: { product: windows }
${detection}sigpack: { name: ${yamlText(`${payload.slice(0, 80)} S${index}`)} }
`;
}

/** As id, name, group, alias and value field of a correlation. */
function correlations(payload: string, index: number): string {
  const text = yamlText(payload);
  const own = yamlText(`${payload} C${index}`);
  return `title: Referenced ${index}
id: ${own}
name: ${yamlText(`name ${payload} C${index}`)}
status: test
logsource: { product: windows }
${detection}---
${head(8, index, `Correlation ${index}`)}correlation:
  type: value_count
  generate: true
  rules: [${own}]
  group-by: [${text}]
  timespan: 5m
  condition: { gte: 5, field: ${text} }
---
${head(9, index, `Alias ${index}`)}correlation:
  type: temporal
  generate: true
  rules: [${own}, ${id(8, index)}]
  aliases: { ${text}: { ${own}: ${text}, ${id(8, index)}: Image } }
  group-by: [${text}]
  timespan: 5m
`;
}

function large(): string {
  const list = (count: number, make: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => `      - ${make(index)}\n`).join('');
  return `${head(0, 1, 'Values of 300 kB')}logsource: { product: windows }
detection:
  sel:
    Image|contains:
      - ${'x'.repeat(300_000)}
      - '${'"\\'.repeat(150_000)}'
      - '${'[`|'.repeat(100_000)}'
  condition: sel
---
${head(0, 2, 'Five thousand values twice')}logsource: { product: windows }
detection:
  sel:
    Image|endswith:
${list(5000, (index) => `'\\"v${index}\\'`)}  cased:
    Image|cased:
${list(5000, (index) => `'w${index}"'`)}  condition: sel or cased
---
${head(0, 3, 'Wildcards without end')}logsource: { product: windows }
detection:
  sel: { Image: '${'*?a'.repeat(20_000)}' }
  condition: sel
---
${head(0, 4, 'Nested beyond measure')}logsource: { product: windows }
detection:
  sel: { Image: x }
  condition: ${'('.repeat(5000)}sel${')'.repeat(5000)}
---
${head(0, 5, 'A description of 300 kB')}logsource: { product: windows }
description: ${'long '.repeat(60_000)}
${detection}`;
}

/** Correlations of which each refers to both of the level below: paths double with each level. */
function diamond(levels: number): string {
  const leaf = (name: string): string =>
    `title: Diamond ${name}\nname: ${name}\nid: ${id(0, name === 'd0a' ? 90 : 91)}\nstatus: test\nlogsource: { product: windows }\n${detection}`;
  const level = (index: number, side: string): string => `title: Diamond d${index}${side}
name: d${index}${side}
id: ${id(0, 100 + index * 2 + (side === 'a' ? 0 : 1))}
status: test
correlation:
  type: event_count
  rules: [d${index - 1}a, d${index - 1}b]
  timespan: 5m
  condition: { gte: 2 }
`;
  const documents = [leaf('d0a'), leaf('d0b')];
  for (let index = 1; index <= levels; index++)
    documents.push(level(index, 'a'), level(index, 'b'));
  return documents.join('---\n');
}

/**
 * Rule files that would take much room on a page: each payload in each place, and what is large.
 */
export function generatedRules(): ReadonlyMap<string, string> {
  const every = (make: (payload: string, index: number) => string): string =>
    payloads.map(make).join('---\n');
  return new Map([
    ['texts.yml', every(texts)],
    ['values.yml', every(values)],
    ['fields.yml', every(fields)],
    ['settings.yml', every(settings)],
    ['correlations.yml', every(correlations)],
    ['large.yml', large()],
    ['diamond.yml', diamond(30)],
    ['nested.yml', `title: ${'['.repeat(10_000)}`],
  ]);
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-shared-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const idOf = (number: number): string => `12121212-1111-4111-8111-11111111114${number}`;
const ruleOf = (number: number): string => `title: Rule ${number}
id: ${idOf(number)}
status: stable
level: high
logsource: { category: process_creation, product: windows }
detection: { s: { Image: 'x${number}' }, condition: s }
`;

interface Told {
  readonly filter?: string;
  readonly rules?: number;
  readonly config?: string;
  readonly target: string;
  readonly pipeline?: string;
}

async function told(
  command: 'build' | 'convert',
  { filter = '{ Image: y }', rules = 2, config = '', target, pipeline = 'none' }: Told,
): Promise<readonly string[]> {
  const cwd = mkdtempSync(join(temporary, 'p-'));
  const numbers = Array.from({ length: rules }, (_, index) => index + 1);
  writeFileSync(join(cwd, 'rules.yml'), numbers.map(ruleOf).join('---\n'));
  const reached = `filter:\n  rules: [${numbers.map(idOf).join(', ')}]\n  s: ${filter}\n  condition: not s\n`;
  writeFileSync(
    join(cwd, 'filter.yml'),
    `title: Filter\nlogsource: { category: process_creation, product: windows }\n${reached}`,
  );
  writeFileSync(join(cwd, 'sigpack.yml'), `rules: [rules.yml]\nfilters: [filter.yml]\n${config}`);
  const paths = command === 'build' ? ['-o', 'o'] : ['rules.yml'];
  const { stderr } = await sigpack([command, '-t', target, '-p', pipeline, ...paths], { cwd });
  return stderr
    .split('\n')
    .filter((line) => /^\S+: (?:error|warning)\[(?:TGT|PIP00[27])/.test(line));
}

describe.each(['build', 'convert'] as const)(
  '%s tells once what is wrong in a filter, and names its rules',
  (command) => {
    test('a name of the target', async () => {
      const lines = await told(command, { target: 'splunk', filter: '{ host: srv }' });
      expect(lines).toEqual([
        'filter.yml:5:14: warning[TGT002]: splunk: the field `host` is one that Splunk gives every event by itself, whatever the rule means by it; in the rules "Rule 1", "Rule 2"',
      ]);
    });

    test('what leaves rules out', async () => {
      const filter = '{ "SourceIp|fieldref": DestinationIp }';
      expect(await told(command, { target: 'graylog', filter, rules: 1 })).toEqual([
        expect.stringMatching(
          /^filter\.yml:5:\d+: error\[TGT001\]: graylog: .*\(fieldref\); in the rule "Rule 1"$/,
        ),
      ]);
      expect(await told(command, { target: 'graylog', filter, rules: 7 })).toEqual([
        expect.stringMatching(
          /\(fieldref\); in the rules "Rule 1", "Rule 2", "Rule 3", "Rule 4", "Rule 5" and 2 more$/,
        ),
      ]);
    });

    test('what a pipeline refuses, for each rule', async () => {
      const lines = await told(command, {
        target: 'splunk',
        pipeline: 'splunk-cim',
        filter: "{ User: 'NT AUTHORITY\\\\SYSTEM' }",
      });
      expect(
        lines.map(
          (line) => /^filter\.yml:5:\d+: error\[PIP002\]: .*; in the rule "(.*)"$/.exec(line)?.[1],
        ),
      ).toEqual(['Rule 1', 'Rule 2']);
    });
  },
);

test('what is wrong in the configuration names the rules that it leaves out', async () => {
  const config =
    'logsources: [{ match: { product: windows }, settings: { suppress: { fields: [GrandParentImage] } } }]\n';
  expect(await told('build', { target: 'splunk', pipeline: 'splunk', config })).toEqual([
    'sigpack.yml:3:78: error[TGT001]: splunk: no event of the log source has a field `GrandParentImage`; in the rules "Rule 1", "Rule 2"',
  ]);
});

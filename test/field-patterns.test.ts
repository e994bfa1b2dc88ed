import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ruleText } from './compile.ts';
import { sigpack } from './sigpack.ts';

// A query_string takes `a.\*.b:x` for every field of such a name, which OpenSearch 2.19 has
// answered for each of these forms.

const folder = mkdtempSync(join(tmpdir(), 'sigpack-patterns-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Given {
  readonly target?: string;
  readonly config?: string;
  readonly more?: string;
}

async function converted(rule: string, { target = 'es-qs', config = '', more = '' }: Given = {}) {
  writeFileSync(join(folder, 'rule.yml'), `${ruleText(rule)}${more}`);
  writeFileSync(join(folder, 'sigpack.yml'), `title: Patterns\n${config}`);
  writeFileSync(
    join(folder, 'p.yml'),
    'transformations: [{ type: field_name_mapping, mapping: { user: logs.*.user } }]',
  );
  const { stdout, stderr } = await sigpack(
    ['convert', '-v', '-t', target, '-p', 'p.yml', 'rule.yml'],
    { cwd: folder },
  );
  return { stdout: stdout.trim(), stderr };
}

describe('a pattern of field names', () => {
  test.each([
    ['user: root', 'logs.\\*.user:"root"'],
    ['user: [root, bob]', 'logs.\\*.user:("root" "bob")'],
    ['user|contains: oo', 'logs.\\*.user:*oo*'],
    ['user|cased: Root', 'logs.\\*.user:/Root/'],
    ["user|re: 'ro+t'", 'logs.\\*.user:/.*ro+t.*/'],
    ['user: 7', 'logs.\\*.user:"7"'],
    ['user|gte: 7', 'logs.\\*.user:>=7'],
    ['user|exists: true', '_exists_:logs.\\*.user'],
    ["user: '*'", '_exists_:logs.\\*.user'],
    ['logs.x*.user: 1', 'logs.x\\*.user:"1"'],
  ])('%s', async (fields, query) => {
    const { stdout, stderr } = await converted(`a: { ${fields} }\ncondition: a`);
    expect(stdout).toBe(query);
    expect(stderr).toContain('is every field of such a name that is stored whole');
  });

  test('is searched by a watch', async () =>
    expect(
      (await converted('a: { user: root }\ncondition: a', { target: 'xpack-watcher' })).stdout,
    ).toContain('logs.\\\\*.user'));

  test('is not searched in Graylog', async () => {
    const { stdout, stderr } = await converted('a: { user: root }\ncondition: a', {
      target: 'graylog',
    });
    expect(stdout).toBe('');
    expect(stderr).toContain("Graylog can't search a field with the name `logs.*.user`");
  });

  test('stands under two negations, and not under one', async () => {
    expect(
      (await converted('a: { k: 1 }\nb: { user: root }\ncondition: a and not (not b)')).stdout,
    ).toBe('k:"1" AND logs.\\*.user:"root"');
    for (const [fields, condition] of [
      ['user: root', 'a and not b'],
      ['user|exists: false', 'a and b'],
      ['user: null', 'a and b'],
      ['user|exists: true', 'a and not b'],
    ] as const) {
      const { stdout, stderr } = await converted(
        `a: { k: 1 }\nb: { ${fields} }\ncondition: ${condition}`,
      );
      expect(stdout).toBe('');
      expect(stderr).toContain(
        '[TGT001]: es-qs: under `not`, Elasticsearch would leave out events of which any field like `logs.*.user` fits',
      );
    }
  });

  test.each(["'*'", "'*.*'", "'**'"])('%s is too wide', async (name) => {
    expect((await converted(`a: { ${name}: 1 }\ncondition: a`)).stderr).toContain(
      'would search all fields',
    );
  });

  test.each([
    ['textFields: [logs.a.user]', 'logs.a.user'],
    ['ipFields: [logs.user]', undefined],
    ['ipFields: [logs..user]', 'logs..user'],
    ['booleanFields: [logs.a.b.user]', 'logs.a.b.user'],
    ['wildcardFields: [logs.x.user]', 'logs.x.user'],
    ['wildcardFields: [logs.x.users, xlogs.x.user]', undefined],
  ])('holds no fields of other types: %s', async (setting, found) => {
    const { stdout, stderr } = await converted('a: { user: root }\ncondition: a', {
      config: `elasticsearch: { ${setting} }`,
    });
    if (found === undefined) expect(stdout).toBe('logs.\\*.user:"root"');
    else
      expect(stderr).toContain(`\`logs.*.user\` holds fields of other types, such as \`${found}\``);
  });

  test('is nothing to group by', async () => {
    const correlation =
      '---\ntitle: Many\ncorrelation: { type: event_count, rules: [00000000-0000-4000-8000-000000000000], group-by: [user], timespan: 5m, condition: { gte: 3 } }\n';
    const { stderr } = await converted('a: { k: 1 }\ncondition: a', {
      target: 'xpack-watcher',
      more: correlation,
    });
    expect(stderr).toContain("a watch can't group or count by the fields `logs.*.user`");
  });
});

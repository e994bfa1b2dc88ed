import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ruleText } from './compile.ts';
import { sigpack } from './sigpack.ts';

// Elasticsearch takes terms, prefixes and `exists` on keys of a flattened field; wildcards,
// expressions and open ranges are errors there, and letters keep their case.

const folder = mkdtempSync(join(tmpdir(), 'sigpack-flattened-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pipeline =
  'name: P\ntransformations:\n  - { type: set_state, key: flattened_fields, val: ["bag.*", lone, 5] }\n';

async function converted(fields: string, target = 'es-qs', config = '') {
  writeFileSync(join(folder, 'rule.yml'), ruleText(`a: { ${fields} }\ncondition: a`));
  writeFileSync(join(folder, 'p.yml'), pipeline);
  writeFileSync(join(folder, 'sigpack.yml'), `title: Flattened\n${config}`);
  return sigpack(['convert', '-t', target, '-p', 'p.yml', 'rule.yml'], { cwd: folder });
}

describe('keys of a flattened field', () => {
  test.each([
    ['bag.a: no', 'bag.a:("no" "nO" "No" "NO")'],
    ['bag.a: 12', 'bag.a:"12"'],
    ["bag.a: '12'", 'bag.a:"12"'],
    ['bag.a|cased: Not Now', 'bag.a:"Not Now"'],
    ['bag.a|cased|startswith: Not N', 'bag.a:Not\\ N*'],
    ['bag.a|startswith: ok', 'bag.a:(ok* oK* Ok* OK*)'],
    ['bag.a: é1', 'bag.a:("é1" "É1")'],
    ["bag.a: '*'", '_exists_:bag.a'],
    ['x: 1, bag.a|exists: false', 'x:"1" AND NOT _exists_:bag.a'],
    ['x: 1, bag.a: null', 'x:"1" AND (NOT _exists_:bag.a)'],
    ['lone|cased: X', 'lone:"X"'],
    ['bags: a*b', 'bags:a*b'],
    ['lone.a: a*b', 'lone.a:a*b'],
  ])('%s', async (fields, query) => expect((await converted(fields)).stdout.trim()).toBe(query));

  test.each(['es-qs', 'xpack-watcher'])(
    'that are boolean have each spelling in %s, also where the index folds letters',
    async (target) => {
      const { stdout } = await converted(
        'bag.a: true',
        target,
        'elasticsearch: { matching: native }',
      );
      expect(stdout).toContain('true');
      expect(stdout).toContain('tRuE');
    },
  );

  test.each([
    '|contains: x',
    '|endswith: x',
    ": 'a*b'",
    ": 'a?'",
    '|re: x.*',
    '|cidr: 10.0.0.0/8',
    '|gt: 3',
    ': ninecharacters',
    '|all|contains: [a, b]',
  ])('refuse %s', async (test) => {
    const { stdout, stderr, code } = await converted(`bag.a${test}`);
    expect(stdout).toBe('');
    expect(code).toBe(1);
    expect(stderr).toContain('[TGT001]: es-qs: Elasticsearch has `bag.a` below a flattened field');
  });

  test('of a built-in pipeline', async () => {
    writeFileSync(
      join(folder, 'aws.yml'),
      ruleText("a: { 'requestParameters.userName|contains': x }\ncondition: a").replace(
        'product: windows',
        'product: aws\n  service: cloudtrail',
      ),
    );
    const { stderr } = await sigpack(['convert', '-t', 'es-qs', '-p', 'elastic', 'aws.yml'], {
      cwd: folder,
    });
    expect(stderr).toContain(
      '`aws.cloudtrail.flattened.request_parameters.userName` below a flattened field',
    );
  });
});

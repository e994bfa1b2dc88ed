import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { constantTruth } from '../src/pipeline/run/constant-truth.ts';
import { alwaysTrue } from '../src/query/always-true.ts';
import { neverTrue } from '../src/query/never-true.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { readTar } from './archives.ts';
import { readStrictConf } from './conf-reader.ts';
import { fixedBy } from './diagnostics.ts';
import { compiledAfter, ruleOf } from './pipeline-run.ts';
import { type Files, projectIn } from './project-folder.ts';
import { sigpack } from './sigpack.ts';

const temporary = mkdtempSync(join(tmpdir(), 'sigpack-never-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

const project = (files: Files): string => projectIn(temporary, files);

const state = '  - { type: set_state, key: unmapped_fields, val: absent }\n';
const pipeline = `transformations:\n  - { type: field_name_mapping, mapping: { Known: known } }\n${state}`;
const missingOf = (lines: string, text = pipeline): readonly string[] | undefined => {
  const bag = createBag();
  const compiled = compiledAfter(ruleOf(lines), text, bag);
  expect(bag.list).toEqual([]);
  return compiled && neverTrue(compiled)?.fields;
};

describe('a rule is false for every event without the fields that no event has', () => {
  test.each<[string, readonly string[] | undefined]>([
    ['Gone: a', ['Gone']],
    ['Gone|contains: a\nKnown: b', ['Gone']],
    ['Gone|re: a', ['Gone']],
    ['Gone|exists: true', ['Gone']],
    ['Gone|cidr: 10.0.0.0/8', ['Gone']],
    ['Gone|lt: 4', ['Gone']],
    ['Known|fieldref: Gone', ['Gone']],
    ['Gone: [a, null]', undefined],
    ['Gone: null', undefined],
    ['Gone|exists: false', undefined],
    ['Gone|neq: a', undefined],
    ['Gone|neq: null', ['Gone']],
    ['Known: a', undefined],
    ['- Gone: a\n- Known: b', undefined],
    ['- Gone: a\n- Gone2: b', ['Gone', 'Gone2']],
    ['- Gone: a\n- word', undefined],
    ['Gone: a\nGone2: b', ['Gone', 'Gone2']],
    ['Gone: a\nGone2: null', ['Gone']],
    ['Gone: a\nGone2|neq: b', ['Gone']],
  ])('%j: %j', (lines, fields) => {
    expect(missingOf(lines)).toEqual(fields);
  });

  test('not so without the word of a pipeline, and not for a field that a pipeline asks for or names', () => {
    expect(missingOf('Gone: a', pipeline.replace(state, ''))).toBeUndefined();
    expect(
      missingOf('Gone: a', `${pipeline}  - { type: add_condition, conditions: { Gone: x } }\n`),
    ).toBeUndefined();
    expect(missingOf('Gone: a', pipeline.replace('Known: known', 'Gone: Gone'))).toBeUndefined();
  });
});

describe('a rule is true of every event of its log source', () => {
  const alwaysOf = (detection: string, text = pipeline): readonly string[] | undefined => {
    const rule = `title: R\nlogsource: { product: windows, category: process_creation }\ndetection: { ${detection} }\n`;
    const compiled = compiledAfter(rule, text, createBag());
    if (!compiled) throw new Error('the rule was not compiled');
    return alwaysTrue(compiled)?.fields;
  };

  test.each<[string, readonly string[] | undefined]>([
    ['a: { Gone: x }, condition: not a', ['Gone']],
    ['a: { Gone: null }, condition: a', ['Gone']],
    ['a: { Gone|exists: false }, condition: a', ['Gone']],
    ['a: { Gone|contains: x }, b: { Known: y }, condition: b or not a', ['Gone']],
    ['a: { Gone: x }, b: { Known: y }, condition: b and not a', undefined],
    ['a: { Gone: x }, b: { Known: y }, condition: not a and not b', undefined],
    ['a: { Known: x }, condition: a or not a', []],
    ['a: { Known: x }, b: { Known: x, Other: y }, condition: a or not b', []],
    ['a: { Known: null }, b: { Known|exists: true }, condition: a or b', []],
    ['a: { Known: x }, b: { Known: y }, condition: a or not b', undefined],
    ['a: { Known: x }, condition: not a', undefined],
    ["a: ['*'], condition: a", []],
    ["a: ['*'], b: { Known: x }, condition: a and not b", undefined],
    ["a: ['x*'], condition: a", undefined],
    ["a: { Known: '*' }, condition: a", undefined],
  ])('%s: %j', (detection, fields) => {
    expect(alwaysOf(detection)).toEqual(fields);
  });

  test('what a pipeline adds says which events those are', () => {
    const added = `${pipeline}  - { type: add_condition, conditions: { EventID: 1 } }\n`;
    expect(alwaysOf('a: { Gone: x }, condition: not a', added)).toEqual(['Gone']);
    expect(alwaysOf('a: { EventID: 1 }, condition: a', added)).toBeUndefined();
  });
});

const correlationOf = (type: string, condition: string, groupBy = '[Known]'): string => `title: C
correlation: { type: ${type}, rules: [alive, dead], group-by: ${groupBy}, timespan: 5m${condition} }
---
title: Alive
name: alive
logsource: { product: windows, category: process_creation }
detection: { s: { Known: a }, condition: s }
---
title: Dead
name: dead
logsource: { product: windows, category: process_creation }
detection: { s: { Gone: a }, condition: s }
`;

describe('a correlation', () => {
  const fieldsOf = (text: string): readonly string[] | undefined => {
    const compiled = compiledAfter(text, pipeline, createBag());
    if (!compiled) throw new Error('the correlation was not compiled');
    return neverTrue(compiled)?.fields;
  };

  test('waits in vain for one of its rules where it needs all of them', () => {
    expect(fieldsOf(correlationOf('temporal', ''))).toEqual(['Gone']);
    expect(fieldsOf(correlationOf('temporal_ordered', ''))).toEqual(['Gone']);
    expect(fieldsOf(correlationOf('temporal', ', condition: { gte: 1 }'))).toBeUndefined();
  });

  test('counts what the others find', () => {
    const count = ', condition: { gte: 3 }';
    expect(fieldsOf(correlationOf('event_count', count))).toBeUndefined();
    expect(
      fieldsOf(
        correlationOf('event_count', count).replace('rules: [alive, dead]', 'rules: [dead]'),
      ),
    ).toEqual(['Gone']);
  });

  test('that waits for silence would be true all the time', () => {
    const silenceOf = (condition: string): boolean | undefined => {
      const text = correlationOf('event_count', `, condition: { ${condition} }`, '[]')
        .replace('rules: [alive, dead]', 'rules: [dead]')
        .replace(' group-by: [],', '');
      const compiled = compiledAfter(text, pipeline, createBag());
      const never = compiled && neverTrue(compiled);
      return never && never.silence === true;
    };
    expect(['lt: 1', 'eq: 0', 'lte: 3', 'gte: 1', 'eq: 2'].map(silenceOf)).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test('that waits for silence of a group never is true: a group is known by its events', () => {
    const never = (condition: string) => {
      const compiled = compiledAfter(
        correlationOf('event_count', `, condition: { ${condition} }`).replace(
          'rules: [alive, dead]',
          'rules: [dead]',
        ),
        pipeline,
        createBag(),
      );
      return compiled && neverTrue(compiled);
    };
    for (const condition of ['lt: 1', 'lte: 3', 'gte: 1'])
      expect(never(condition)).toMatchObject({ fields: ['Gone'] });
    for (const condition of ['lt: 1', 'lte: 3', 'gte: 1'])
      expect(never(condition)?.silence).toBeUndefined();
  });

  test.each([
    ['lt: 5', '', true],
    ['eq: 0', '', true],
    ['gte: 5', '', undefined],
    ['gte: 5', 'group-by: [Known],', undefined],
  ])(
    'of values of a field that no event has, with %s %s, is true all the time or never',
    (condition, group, silence) => {
      const text = correlationOf(
        'value_count',
        `, condition: { field: Elsewhere, ${condition} }`,
      ).replace(' group-by: [Known],', group);
      const compiled = compiledAfter(text, pipeline, createBag());
      const never = compiled && neverTrue(compiled);
      expect([never?.fields, never?.silence]).toEqual([['Elsewhere'], silence]);
    },
  );

  test('of a group needs no values where none is enough', () => {
    expect(
      fieldsOf(correlationOf('value_count', ', condition: { field: Elsewhere, lt: 5 }')),
    ).toBeUndefined();
    expect(
      fieldsOf(
        correlationOf('value_count', ', condition: { field: Elsewhere, lt: 5 }', '[Elsewhere]'),
      ),
    ).toEqual(['Elsewhere']);
    expect(
      fieldsOf(correlationOf('value_avg', ', condition: { field: Elsewhere, lt: 5 }')),
    ).toEqual(['Elsewhere']);
  });

  test('has no group without the field of the group', () => {
    expect(
      fieldsOf(correlationOf('event_count', ', condition: { gte: 3 }', '[Elsewhere]')),
    ).toEqual(['Elsewhere']);
    expect(
      fieldsOf(correlationOf('value_count', ', condition: { field: Elsewhere, gte: 3 }')),
    ).toEqual(['Elsewhere']);
  });
});

const image = `title: A library
id: 5b1d2a3c-0000-4000-8000-000000000013
status: stable
logsource: { category: image_load, product: windows }
detection: { s: { ImageLoaded|endswith: '\\x.dll' }, condition: s }
`;
const grandparent = `title: A grandparent
id: 5b1d2a3c-0000-4000-8000-000000000014
status: stable
logsource: { category: process_creation, product: windows }
detection: { s: { GrandParentImage|endswith: '\\x.exe' }, condition: s }
`;
const found =
  'a.yml:5:19: warning[PIP007]: splunk: "A library" can never be true: the events of its log source have no field `ImageLoaded`';

describe('a misspelt field', () => {
  const mapped = pipeline.replace(
    '{ Known: known }',
    '{ CommandLine: a, Image: b, param1: c, "own.name": d }',
  );
  const never = (lines: string) => {
    const text = ruleOf(lines);
    const compiled = compiledAfter(text, mapped, createBag());
    const constant = compiled && constantTruth(compiled);
    const { start = 0, end = 0 } = constant?.span ?? {};
    return [text.slice(start, end), constant?.hint];
  };

  test.each<[string, string, string | undefined]>([
    ['CommandLin|contains|all: [a, b]', 'CommandLin', 'CommandLine'],
    ['"CommandLin|contains": a', 'CommandLin', 'CommandLine'],
    ['imgae: a', 'imgae', 'Image'],
    ['image: ""', 'image', 'Image'],
    ['Image: a\ncomandline|re: CommandLine', 'comandline', 'CommandLine'],
    ['Image|fieldref: CommandLin', 'CommandLin', 'CommandLine'],
    // as near as they are, these are fields of their own
    ['param3: a', 'param3', undefined],
    ['own: a', 'own', undefined],
    ['Damage: a', 'Damage', undefined],
  ])('%j: is marked, with the name that is meant', (lines, marked, near) => {
    expect(never(lines)).toEqual([marked, near && `Did you mean \`${near}\`?`]);
  });

  test('has no suggestion where finding it takes too many steps', () => {
    const slow = `${'a'.repeat(40)}b`;
    const listed = (fields: string) =>
      `field_name_conditions: [{ type: include_fields, ${fields} }]`;
    const text = `transformations:
  - { type: field_name_mapping, mapping: { Known: known }, ${listed(`fields: [${slow}]`)} }
  - { type: field_name_suffix, suffix: x, ${listed("mode: re, fields: ['(?!.*c)(?=a)(a+)+$']")} }
${state}`;
    const bag = createBag();
    const compiled = compiledAfter(ruleOf(`${slow.replace('b', 'c')}: a`), text, bag);
    expect(bag.list).toEqual([]);
    const constant = compiled && constantTruth(compiled);
    expect([constant?.code, constant?.hint]).toEqual(['PIP007', undefined]);
  });

  test('is corrected by the fix of its hint, also where such rules are built', async () => {
    const slip = image.replace('ImageLoaded', 'ImageLoded');
    for (const unmatchable of ['', 'unmatchable: disable\n']) {
      const cwd = project({
        'a.yml': slip,
        'sigpack.yml': `rules: [a.yml]\ntargets: [splunk]\npipelines: { splunk: splunk }\nsplunk: { index: w }\n${unmatchable}`,
      });
      const { stdout } = await sigpack(['check', '-f', 'json'], { cwd });
      const [diagnostic] = JSON.parse(stdout).diagnostics;
      expect(diagnostic).toMatchObject({ code: 'PIP007', hint: 'Did you mean `ImageLoaded`?' });
      expect(fixedBy(diagnostic, slip)).toEqual({ marked: 'ImageLoded', fixed: image });
    }
  });
});

describe('the command line', () => {
  test('convert and build leave such a rule out, and name rule and field', async () => {
    const cwd = project({ 'a.yml': image });
    const converted = await sigpack(['convert', '-t', 'splunk', '-p', 'splunk-audit', 'a.yml'], {
      cwd,
    });
    expect(converted).toMatchObject({ code: 0, stdout: '' });
    expect(converted.stderr).toContain(`${found}; it is left out`);
    const built = await sigpack(
      ['build', '-t', 'splunk', '-p', 'splunk-audit', 'a.yml', '-o', 'o', '--format', 'json'],
      { cwd },
    );
    expect(built.stdout + built.stderr).toContain('PIP007');
    expect(
      (await sigpack(['convert', '-t', 'splunk', '-p', 'splunk', 'a.yml'], { cwd })).stdout,
    ).toContain('ImageLoaded=');
  });

  test.each([
    ['splunk', 'splunk-classic'],
    ['graylog', 'graylog'],
    ['graylog', 'graylog-nxlog'],
    ['graylog', 'graylog-illuminate'],
    ['es-qs', 'elastic'],
    ['xpack-watcher', 'elastic'],
    ['logpoint', 'logpoint'],
  ])('%s with %s has no field that Sysmon lacks', async (target, bundle) => {
    const { stderr, stdout } = await sigpack(['convert', '-t', target, '-p', bundle, 'a.yml'], {
      cwd: project({ 'a.yml': grandparent }),
    });
    expect(stdout.trim()).toBe(target === 'xpack-watcher' ? '[]' : '');
    expect(stderr).toContain(
      `${target}: "A grandparent" can never be true: the events of its log source have no field \`GrandParentImage\``,
    );
  });

  test('a field that a pipeline of one’s own names is there', async () => {
    const own =
      'priority: 15\ntransformations:\n  - { type: field_name_mapping, mapping: { GrandParentImage: GrandParentImage } }\n';
    const cwd = project({ 'a.yml': grandparent, 'own.yml': own });
    const { stdout, stderr } = await sigpack(
      ['convert', '-t', 'splunk', '-p', 'splunk,own.yml', 'a.yml'],
      { cwd },
    );
    expect(stdout).toContain('GrandParentImage="*\\\\x.exe"');
    expect(stderr).toBe('');
  });

  test('unmatchable: disable builds it switched off', async () => {
    const config =
      'pipelines: { splunk: splunk-audit }\ntargets: [splunk]\nunmatchable: disable\nrules: [a.yml]\n';
    const cwd = project({
      'a.yml': image.replace(
        'condition: s }',
        'condition: s }\nsigpack: { enabled: true, splunk: { savedsearch: { disabled: 0 } } }',
      ),
      'sigpack.yml': config,
    });
    const { code, stdout, stderr } = await sigpack(['build', '-o', 'o'], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(`${found}; it is switched off`);
    expect(stdout).toMatch(/splunk +1 +0 +0\n/);
    const { detections } = JSON.parse(readFileSync(join(cwd, 'o', 'manifest.json'), 'utf8'));
    expect(detections[0].targets.splunk).toEqual({ name: 'A library', queries: 1, enabled: false });
    const app = await readTar(readFileSync(join(cwd, 'o', 'sigpack-1.0.0.spl')));
    const conf = readStrictConf(
      app.find(({ header }) => header.name.endsWith('default/savedsearches.conf'))?.text ?? '',
    );
    expect(conf.get('A library')?.get('disabled')).toBe('1');
  });

  test.each([
    [
      'splunk',
      'splunk',
      '{ s: { GrandParentImage: x }, condition: not s }',
      ': the events of its log source have no field `GrandParentImage`',
    ],
    [
      'splunk',
      'splunk',
      '{ s: { GrandParentImage: null }, condition: s }',
      ': the events of its log source have no field `GrandParentImage`',
    ],
    [
      'graylog',
      'graylog',
      '{ s: { GrandParentImage|exists: false }, condition: s }',
      ': the events of its log source have no field `GrandParentImage`',
    ],
    ['splunk', '', '{ s: { Image: x }, condition: s or not s }', ''],
    ['es-qs', '', "{ s: ['*'], condition: s }", ''],
    ['grep', '', "{ s: ['*'], condition: s }", ''],
  ])(
    '%s with %s leaves out a rule that is always true: %s',
    async (target, bundle, detection, why) => {
      const cwd = project({
        'a.yml': grandparent.replace(/^detection: .*$/m, `detection: ${detection}`),
      });
      const { stdout, stderr } = await sigpack(
        ['convert', '-t', target, ...(bundle === '' ? [] : ['-p', bundle]), 'a.yml'],
        { cwd },
      );
      expect(stdout.trim()).toBe('');
      expect(stderr).toContain(
        `warning[PIP008]: ${target}: "A grandparent" is true of every event of its log source${why}; it is left out`,
      );
    },
  );

  test('unmatchable: disable builds a rule switched off that is always true', async () => {
    const config =
      'pipelines: { splunk: splunk }\ntargets: [splunk]\nunmatchable: disable\nrules: [a.yml]\n';
    const always = grandparent.replace(
      /^detection: .*$/m,
      'detection: { s: { Image: x }, condition: s or not s }\nsigpack: { enabled: true }',
    );
    const cwd = project({ 'a.yml': always, 'sigpack.yml': config });
    const { stderr } = await sigpack(['build', '-o', 'o'], { cwd });
    expect(stderr).toContain('it is switched off');
    expect(stderr).toContain(
      'hint: Add a selection that an event must have; without `unmatchable: disable` such rules are left out.',
    );
    const { detections } = JSON.parse(readFileSync(join(cwd, 'o', 'manifest.json'), 'utf8'));
    expect(detections[0].targets.splunk).toEqual({
      name: 'A grandparent',
      queries: 1,
      enabled: false,
    });
  });

  test('of an absence that always is, the message says so', async () => {
    const silence = `${grandparent.replace('status:', 'name: base\nstatus:')}---
title: Silence
id: 5b1d2a3c-0000-4000-8000-000000000015
status: stable
correlation: { type: event_count, rules: [base], timespan: 10m, condition: { lt: 1 } }
`;
    const { stdout, stderr } = await sigpack(['convert', '-t', 'splunk', '-p', 'splunk', 'a.yml'], {
      cwd: project({ 'a.yml': silence }),
    });
    expect(stdout).toBe('');
    expect(stderr).toContain(
      'splunk: "Silence" would be true all the time: what it counts is never there, as the events of',
    );
  });

  test('explain says why', async () => {
    const { stdout } = await sigpack(['explain', '-t', 'splunk', '-p', 'splunk-audit', 'a.yml'], {
      cwd: project({ 'a.yml': image }),
    });
    expect(stdout).toContain(
      'Never true  "A library" can never be true: the events of its log source have no field `ImageLoaded`\n',
    );
  });
});

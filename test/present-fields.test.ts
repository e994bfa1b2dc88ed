import { describe, expect, test } from 'vitest';
import { splunkOwnFields } from '../src/backend/splunk/own-fields.ts';
import { bundles } from '../src/pipeline/bundle.ts';
import { createProcessor } from '../src/pipeline/run/process.ts';
import { createCombiner, createSettler } from '../src/query/compile.ts';
import { neverTrue } from '../src/query/never-true.ts';
import { collect } from '../src/sigma/collection/collection.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag, type DiagnosticBag } from '../src/source/diagnostic.ts';
import { builtInPipeline } from './built-in-pipelines.ts';
import { compiledAfter } from './pipeline-run.ts';

const processors = new Map(
  Array.from(bundles, ([name, { pipelines }]) => [
    name,
    createProcessor(pipelines.map(builtInPipeline), { bag: createBag() }),
  ]),
);

const errorsOf = (bag: DiagnosticBag): readonly string[] =>
  bag.list.filter(({ severity }) => severity === 'error').map(({ message }) => message);

/**
 * Fields without which the first rule of a text can never be true in a bundle; undefined where it
 * may be.
 */
function missing(bundle: string, text: string): readonly string[] | undefined {
  const bag = createBag();
  const { rules, ...collection } = collect(
    readDocuments({ path: 'rule.yml', text }, bag).documents,
    bag,
  );
  const [first] = rules;
  const settled =
    first && createSettler({ rules, ...collection }, { placeholders: new Map(), bag })(first);
  const processed = settled && processors.get(bundle)?.(settled);
  const compiled = processed && createCombiner(bag)(processed);
  expect(errorsOf(bag)).toEqual([]);
  if (!compiled) throw new Error('the rule was not compiled');
  return neverTrue(compiled)?.fields;
}

const ruleOf = (field: string, category = 'process_creation'): string =>
  `title: T\nname: t\nlogsource: { product: windows, category: ${category} }\ndetection: { s: { '${field}': 5 }, condition: s }\n`;
const absentOf = (
  bundle: string,
  fields: readonly string[],
  category?: string,
): readonly string[] =>
  fields.filter((field) => missing(bundle, ruleOf(field, category)) !== undefined);

const graylog = [
  'message',
  'source',
  'timestamp|hour',
  'full_message',
  'streams',
  'gl2_source_input',
  '_id',
];

describe('events have these fields, whatever the log source', () => {
  test.each<[string, readonly string[]]>([
    [
      'splunk',
      [
        ...splunkOwnFields,
        '_time|hour',
        '_raw|contains',
        'UserID',
        'ProcessID',
        'ThreadID',
        'Guid',
        'RecordNumber',
        'Computer',
        'Level',
        'Opcode',
        'Task',
      ],
    ],
    [
      'splunk',
      [
        'MD5',
        'SHA256',
        'IMPHASH',
        'EventCode',
        'user',
        'process_name',
        'dest',
        'parent_process_name',
      ],
    ],
    [
      'splunk-classic',
      [
        ...splunkOwnFields,
        'RecordNumber',
        'TaskCategory',
        'LogName',
        'IMPHASH',
        'process_path',
        'New_Process_Name',
      ],
    ],
    ['splunk-audit', [...splunkOwnFields, 'UserID', 'ThreadID', 'Keywords']],
    [
      'graylog',
      [
        ...graylog,
        'winlogbeat_winlog_event_data_Image',
        'winlogbeat_winlog_process_pid',
        'beats_type',
      ],
    ],
    [
      'graylog-nxlog',
      [...graylog, 'RecordNumber', 'ExecutionProcessID', 'Hostname', 'SourceModuleName'],
    ],
    [
      'graylog-illuminate',
      [
        ...graylog,
        'process_path',
        'user_name',
        'host_hostname',
        'winlogbeat_winlog_user_identifier',
      ],
    ],
    [
      'elastic',
      [
        '@timestamp|hour',
        'message',
        'tags',
        '_index',
        'host.name',
        'agent.name',
        'process.executable',
        'user.name',
        'winlog.process.pid',
      ],
    ],
    ['elastic', ['winlog.user.identifier', 'data_stream.dataset', 'labels.env']],
    ['logpoint', ['col_type', 'device_ip', 'log_ts', 'msg', 'norm_id', 'parent_process']],
  ])('%s: %j', (bundle, fields) => {
    expect(absentOf(bundle, fields)).toEqual([]);
  });

  test.each([...bundles.keys()])(
    '%s: those of other log sources and of nobody are still in none',
    (bundle) => {
      const nobody = ['GrandParentImage', 'SubjectAccountName'];
      expect(absentOf(bundle, nobody)).toEqual(nobody);
      if (bundle !== 'splunk-audit')
        expect(
          absentOf(bundle, ['CommandLine', 'ParentImage', 'TargetFilename'], 'file_event'),
        ).toEqual(['CommandLine', 'ParentImage']);
    },
  );

  test.each([
    ['splunk', 'host'],
    ['graylog', 'source'],
    ['elastic', 'agent.name'],
  ])('%s groups by %s', (bundle, field) => {
    const count = `title: C\ncorrelation: { type: event_count, rules: [t], group-by: ['${field}'], timespan: 5m, condition: { gte: 3 } }\n---\n${ruleOf('CommandLine')}`;
    expect(missing(bundle, count)).toBeUndefined();
    expect(missing(bundle, count.replace(`'${field}'`, 'GrandParentImage'))).toEqual([
      'GrandParentImage',
    ]);
  });
});

test('a pipeline says so of its product: own_fields, and the names that it gives fields', () => {
  const pipeline = (own: string): string =>
    `transformations:\n  - { type: field_name_mapping, mapping: { Known: known, Other: Known } }\n  - { type: set_state, key: unmapped_fields, val: absent }\n  - { type: set_state, key: own_fields, val: ${own} }\n`;
  const fieldsOf = (field: string, own = '[store, gl_*]'): readonly string[] | undefined => {
    const compiled = compiledAfter(ruleOf(field), pipeline(own), createBag());
    return compiled && neverTrue(compiled)?.fields;
  };
  expect(fieldsOf('store')).toBeUndefined();
  expect(fieldsOf('gl_x')).toBeUndefined();
  expect(fieldsOf('known')).toBeUndefined();
  expect(fieldsOf('stores')).toEqual(['stores']);
  expect(fieldsOf('store', '[]')).toEqual(['store']);
});

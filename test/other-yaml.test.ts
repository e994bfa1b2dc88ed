import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { build } from '../src/cli/command/build/run.ts';
import { readRuleFile, readSourceFile } from '../src/cli/files/rule-files.ts';
import { readDocuments } from '../src/sigma/collection/document.ts';
import { createBag } from '../src/source/diagnostic.ts';
import { placed } from './diagnostics.ts';
import { writeFiles } from './project-folder.ts';
import { said } from './said.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigpack-other-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good =
  'title: Good\nid: 11111111-1111-4111-8111-111111111111\nlogsource: { product: linux }\ndetection: { s: { a: b }, condition: s }\n';

/** What is said about a file that was found in a folder, or `named` by itself. */
function told(text: string, named = false): readonly string[] {
  const bag = createBag();
  readDocuments({ path: 'x.yml', text }, bag, { named });
  return bag.list.map(placed);
}
const errors = (text: string): readonly string[] =>
  told(text).filter((line) => line.includes(' error '));

describe('YAML that says nothing of Sigma is a note', () => {
  const others: Readonly<Record<string, string>> = {
    'a compose file':
      'services:\n  web: &web\n    image: nginx\n    logging: { driver: json-file }\n  two:\n    <<: *web\n',
    'a playbook':
      '- name: install\n  hosts: all\n  tasks:\n    - name: copy\n      copy: { src: a, dest: b }\n',
    'a response playbook':
      'title: Isolate a host\nid: RP1\ndescription: what to do\nauthor: someone\ntags: [attack.execution]\nstage: containment\n',
    'a site': 'site_name: Rules\nnav:\n  - Home: index.md\ntheme: { name: material }\n',
    'a workflow':
      'name: ci\non: [push]\njobs:\n  lint:\n    runs-on: x\n    steps:\n      - run: make\n',
    'a filter of something else': 'pipeline: x\nfilter: [a, b]\n',
    'a test file': 'name: t\ncases:\n  - event: { user: root }\n    expect: match\n',
    'a list': '- a\n- b\n',
    'a text': 'just words\n',
    'a chart template':
      '{{- range .Values.jobs }}\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {{ .name }}\n  labels: { level: {{ .level }}\n{{- end }}\n',
    'a Jinja template':
      '{% for host in hosts %}\n- host: {{ host }}\n  title: {{ host.title }\n{% endfor %}\n',
    'several documents': 'kind: A\n---\nkind: B\n',
  };
  it.each(Object.entries(others))('%s', (_, text) => {
    const said = told(text);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^1:1 info SIG071 /);
    // but who names it, says that it is one
    expect(told(text, true).some((line) => line.includes(' error '))).toBe(true);
  });

  it('an empty file too', () => {
    expect(told('# nothing yet\n')).toEqual(['1:1 info SIG071 the file is empty']);
    expect(told('', true)).toEqual(['1:1 error SIG005 the file is empty']);
  });

  it('a processing pipeline is called one', () => {
    const text =
      'name: windows\npriority: 10\ntransformations:\n  - { type: field_name_prefix, prefix: x }\n';
    const bag = createBag();
    for (const named of [false, true]) readDocuments({ path: 'x.yml', text }, bag, { named });
    expect(bag.list.map(({ code, hint }) => [code, hint])).toEqual([
      ['SIG071', 'Name a pipeline under `pipelines` in sigpack.yml, or with -p.'],
      ['SIG005', 'Name a pipeline under `pipelines` in sigpack.yml, or with -p.'],
    ]);
    expect(bag.list[0]?.message).toBe('the file is a processing pipeline, not a rule');
  });
});

describe('what looks like a rule stays an error', () => {
  const lost: Readonly<Record<string, string>> = {
    'a slip in `detection`': good.replace('detection:', 'detections:'),
    'a slip and nothing else': 'name: T\ndetecton: { s: { a: b }, condition: s }\n',
    'a slip in a broken text': 'name: [\ndetecton:\n  - x\n',
    'two letters swapped': good.replace('detection:', 'detetcion:'),
    'a log source alone': 'title: T\nlogsource: { product: linux }\n',
    'another spelling of the log source': 'name: T\nlog_source: { product: linux }\n',
    'a title and a condition': 'Title: T\nselection: { a: b }\ncondition: selection\n',
    'a title and a level': 'title: T\nlevel: high\n',
    'a filter': 'title: T\nfilter: { rules: any, s: { a: b }, condition: not s }\n',
    'a filter without a title': 'filter: { s: { a: b }, condition: not s }\n',
    'a correlation': 'correlation: { type: event_count }\n',
    'a rule in a list': `- ${good.trim().replaceAll('\n', '\n  ')}\n`,
    'rules below a key': `rules:\n  - ${good.trim().replaceAll('\n', '\n    ')}\n`,
    'a rule as a text': `|\n  ${good.trim().replaceAll('\n', '\n  ')}\n`,
    'a rule that is cut in two':
      'title: T\nlogsource: { product: linux }\n---\ndetection: { s: { a: b }, condition: s }\n',
    'the rest of a rule': `${good}---\nlevel: high\n`,
    'something else beside a rule': `${good}---\nkind: B\n`,
    'a quote that is open': good.replace('title: Good', "title: 'Good"),
    'a tab': 'title: T\n\tdetection: x\n',
    'a broken rule in one line':
      '{"title": "T", "detection": {"s": {"a": "b"}, "condition": "s"}\n',
    'a broken rule behind other YAML': 'kind: A\n---\ntitle: [\nlogsource: x\n',
    'a broken rule whose keys are slips': 'title: [\nDetections:\n  - x\n',
    'a broken text with two signs of a rule': 'title: [\nlevel: high\n',
  };
  it.each(Object.entries(lost))('%s', (_, text) => {
    expect(errors(text)).not.toEqual([]);
    expect(told(text).some((line) => line.includes('SIG071'))).toBe(false);
  });

  it('with the key that is meant', () => {
    const bag = createBag();
    readDocuments({ path: 'x.yml', text: good.replace('detection:', 'Detections:') }, bag, {
      named: false,
    });
    expect(
      bag.list.map(({ code, hint, span }) => [code, hint, good.slice(span.start, span.start + 4)]),
    ).toEqual([['SIG005', 'Did you mean `detection`?', 'dete']]);
  });
});

describe('encodings', () => {
  const write = (name: string, bytes: Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const le = Buffer.from(`\ufeff${good}`, 'utf16le');
  const be = Buffer.from(le).swap16();

  it.each<[string, Buffer]>([
    ['UTF-16, little endian', le],
    ['UTF-16, big endian', be],
    ['UTF-8', Buffer.from(good)],
    ['UTF-8 with its mark', Buffer.from(`\ufeff${good}`)],
  ])('%s is read', (_, bytes) => {
    const bag = createBag();
    expect(readSourceFile(write('a.yml', bytes), bag)?.text).toBe(good);
    expect(bag.list).toEqual([]);
  });

  it.each<[string, Buffer]>([
    ['UTF-16 without a mark', le.subarray(2)],
    [
      'UTF-16 that is cut off',
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good, 'utf16le'), Buffer.from([0x00])]),
    ],
    ['Latin-1', Buffer.from(good.replace('Good', 'Caf\u00e9'), 'latin1')],
    ['Windows-1252', Buffer.concat([Buffer.from(good), Buffer.from([0x93, 0x94])])],
  ])('%s is an error that says what to do', (_, bytes) => {
    const bag = createBag();
    const path = write('a.yml', bytes);
    const file = readRuleFile(path, false, bag);
    if (file) readDocuments(file, bag, { named: false });
    expect(bag.list.map(({ severity, hint }) => [severity, /as UTF-8/.test(hint)])).toEqual([
      ['error', true],
    ]);
  });

  it('bytes that are not a rule are a note, unless they are named', () => {
    const path = write('b.yml', Buffer.from('services: { caf\u00e9: { image: x } }\n', 'latin1'));
    const bag = createBag();
    readRuleFile(path, false, bag);
    readRuleFile(path, true, bag);
    expect(bag.list.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'info SIG071',
      'error SIG001',
    ]);
    expect(bag.list[1]?.hint).toContain('UTF-8');
  });
});

describe('a folder', () => {
  it('of rules and other files is built without an error', async () => {
    const rules = join(folder, 'mixed');
    writeFiles(rules, {
      'good.yml': good,
      'compose.yml': 'services: { web: { image: nginx } }\n',
      'values.yaml': '{{ if }}\nkind: x\n',
    });
    const { code, out } = await said(() =>
      build([rules], {
        format: 'text',
        verbose: true,
        dryRun: true,
        target: ['splunk'],
        pipeline: ['none'],
      }),
    );
    expect(code).toBe(0);
    expect(out).toContain('1 rule read from 3 files');
    expect(out).toContain('compose.yml:1:1: info[SIG071]: nothing in the file is of a rule');
  });

  it('without a rule says that nothing was made', async () => {
    const rules = join(folder, 'none');
    writeFiles(rules, { 'compose.yml': 'services: { web: { image: nginx } }\n' });
    const { code, out } = await said(() =>
      build([rules], { format: 'text', verbose: false, dryRun: true, pipeline: ['none'] }),
    );
    expect(code).toBe(1);
    expect(out).toContain('error[PCK005]: no detection was made from 1 file');
  });
});

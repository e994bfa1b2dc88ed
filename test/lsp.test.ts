import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CompletionList,
  Diagnostic,
  DocumentSymbol,
  Hover,
  Location,
  ProtocolConnection,
  PublishDiagnosticsParams,
  WorkspaceEdit,
} from 'vscode-languageserver/node';
import { logon, startServer } from './lsp-client.ts';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sigpack-lsp-')));

const burst = `title: Many Failed Logons
id: 0a4bb4a2-7c8e-4a43-8f0e-6f6f0d0c9b01
correlation:
  type: event_count
  rules:
    - failed_logon
  group-by:
    - User
  timespan: 5m
  condition:
    gte: 10
`;
const config = `rules: [rules]
pipelines: { splunk: [none], graylog: [own.yml] }
defaults: { splunk: { savedsearch: { nonsense: "1" } } }
severities: { PCK004: error }
`;

const pipeline = 'name: Ours\ntransformations: [{ type: set_state, key: a, val: b }]\n';

let server: ChildProcess;
let client: ProtocolConnection;
const waiting = new Set<() => void>();
const published = new Map<string, readonly Diagnostic[]>();

const uri = (name: string): string => pathToFileURL(join(folder, 'rules', name)).href;

/** The diagnostics of a file, as soon as they fulfil a condition. */
function diagnostics(
  name: string,
  holds: (codes: readonly unknown[]) => boolean,
): Promise<readonly Diagnostic[]> {
  return new Promise((resolve) => {
    const look = (): void => {
      const list = published.get(uri(name));
      if (!list || !holds(list.map(({ code }) => code))) return;
      waiting.delete(look);
      resolve(list);
    };
    waiting.add(look);
    look();
  });
}

const open = (name: string, text: string): Promise<void> =>
  client.sendNotification('textDocument/didOpen', {
    textDocument: { uri: uri(name), languageId: 'yaml', version: 1, text },
  });
const change = (name: string, text: string): Promise<void> =>
  client.sendNotification('textDocument/didChange', {
    textDocument: { uri: uri(name), version: 2 },
    contentChanges: [{ text }],
  });

/** A request about the place of `|` in a text, which is what the editor has open. */
async function ask<T>(method: string, name: string, marked: string, more = {}): Promise<T> {
  const at = marked.indexOf('‸');
  await change(name, marked.replace('‸', ''));
  const before = marked.slice(0, at).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  return client.sendRequest<T>(method, { textDocument: { uri: uri(name) }, position, ...more });
}

/** A text after edits of the editor. */
function applied(text: string, edit: WorkspaceEdit | null, name: string): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: { line: number; character: number }): number =>
    lines.slice(0, line).join('\n').length + (line > 0 ? 1 : 0) + character;
  const edits = edit?.changes?.[uri(name)] ?? [];
  return edits
    .toSorted((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (rest, { range, newText }) =>
        rest.slice(0, offset(range.start)) + newText + rest.slice(offset(range.end)),
      text,
    );
}

beforeAll(async () => {
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'sigpack.yml'), config);
  writeFileSync(join(folder, 'own.yml'), pipeline);
  writeFileSync(join(folder, 'rules', 'logon.yml'), logon);
  writeFileSync(join(folder, 'rules', 'burst.yml'), burst);
  ({ server, client } = startServer());
  client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.set(params.uri, params.diagnostics);
    for (const look of [...waiting]) look();
  });
  client.listen();
  const { capabilities } = await client.sendRequest<{ capabilities: object }>('initialize', {
    processId: process.pid,
    rootUri: pathToFileURL(folder).href,
    workspaceFolders: null,
    capabilities: {},
  });
  expect(capabilities).toMatchObject({ hoverProvider: true, documentSymbolProvider: true });
  await client.sendNotification('initialized', {});
  await open('logon.yml', logon);
  await open('burst.yml', burst);
});

afterAll(async () => {
  await client.sendRequest('shutdown');
  await client.sendNotification('exit');
  const code = await new Promise((resolve) => server.on('exit', resolve));
  client.dispose();
  rmSync(folder, { recursive: true, force: true });
  expect(code).toBe(0);
});

test('sends diagnostics with their places, also of files that another one breaks', async () => {
  await diagnostics('logon.yml', (codes) => codes.length === 0);
  await change('logon.yml', logon.replace('contains', 'contians').replace('failed_logon', 'other'));
  const [first] = await diagnostics('logon.yml', (codes) => codes.includes('SIG020'));
  expect(first).toMatchObject({
    severity: 1,
    source: 'sigpack',
    range: { start: { line: 11, character: 10 }, end: { line: 11, character: 18 } },
    message: expect.stringContaining('Did you mean `contains`?'),
  });
  const link = new URL(first?.codeDescription?.href ?? '');
  expect([link.protocol, link.hash]).toEqual(['file:', '#sig020-unknown-modifier']);
  expect(readFileSync(link, 'utf8')).toContain('\n### SIG020: unknown modifier\n');
  await diagnostics('burst.yml', (codes) => codes.includes('SIG051'));
  await change('logon.yml', logon);
  // as sigpack check has it
  await diagnostics('burst.yml', (codes) => String(codes) === 'PIP010,TGT002');
});

test('has warnings of the configuration, as severe as it wants', async () => {
  const [first] = await diagnostics('../sigpack.yml', (codes) => codes.includes('PCK004'));
  expect(first).toMatchObject({ severity: 1, range: { start: { line: 2 } } });
});

test('a pipeline that the configuration names is not taken for a rule', async () => {
  await open('../own.yml', pipeline);
  expect(await diagnostics('../own.yml', () => true)).toEqual([]);
});

test('fixes what a hint names', async () => {
  const wrong = logon.replace('contains', 'contians');
  await change('logon.yml', wrong);
  const range = { start: { line: 11, character: 12 }, end: { line: 11, character: 12 } };
  const actions = await client.sendRequest<{ title: string; edit: WorkspaceEdit }[]>(
    'textDocument/codeAction',
    { textDocument: { uri: uri('logon.yml') }, range, context: { diagnostics: [] } },
  );
  expect(actions.map(({ title }) => title)).toEqual(['Replace with contains']);
  expect(applied(wrong, actions[0]?.edit ?? null, 'logon.yml')).toBe(logon);
  await change('logon.yml', logon);
});

test.each([
  ['level: hihg', ['Replace with high']],
  ["status: 'tset'", ['Replace with test']],
  ['level: big', []],
  ['status: old', []],
])('fixes words of a rule: %s', async (line, titles) => {
  await change('logon.yml', `${logon}${line}\n`);
  const place = { line: 15, character: 9 };
  const actions = await client.sendRequest<{ title: string }[]>('textDocument/codeAction', {
    textDocument: { uri: uri('logon.yml') },
    range: { start: place, end: place },
    context: { diagnostics: [] },
  });
  expect(actions.map(({ title }) => title)).toEqual(titles);
  await change('logon.yml', logon);
});

test('shows names of ATT&CK, modifiers, and the queries that sigpack convert prints', async () => {
  const text = async (marked: string): Promise<string> =>
    JSON.stringify(await ask<Hover>('textDocument/hover', 'logon.yml', marked));
  expect(await text(logon.replace('t1059.001', 't10‸59.001'))).toContain(
    'T1059.001: Command and Scripting Interpreter: PowerShell',
  );
  expect(await text(logon.replace('contains', 'con‸tains'))).toContain('anywhere in the field');
  const shown = await text(logon.replace('condition', 'con‸dition'));
  expect(shown).toContain('**splunk**');
  expect(shown).toContain('EventID=4625 Image=\\"*findstr*\\" NOT User=\\"*$\\"');
  expect(shown).toContain('**graylog**');
});

test('completes modifiers, fields, log sources, tags, keys and references', async () => {
  const labels = async (name: string, marked: string): Promise<readonly string[]> => {
    const { items } = await ask<CompletionList>('textDocument/completion', name, marked);
    return items.map(({ label }) => label);
  };
  const modifiers = await labels('logon.yml', logon.replace('contains: findstr', 'contains|‸'));
  expect(modifiers).toContain('all');
  expect(modifiers).not.toContain('endswith');
  const first = await labels('logon.yml', logon.replace('contains: findstr', '‸'));
  expect(first.slice(0, 5)).toEqual(['contains', 'endswith', 'startswith', 'all', 're']);
  expect(await labels('logon.yml', logon.replace('EventID: 4625', 'Us‸'))).toEqual(['User']);
  expect(await labels('logon.yml', logon.replace('security', '‸'))).toContain('sysmon');
  expect(await labels('logon.yml', logon.replace('t1059.001', 't1059.001\n  - powers‸'))).toContain(
    'attack.t1059.001',
  );
  expect(await labels('logon.yml', logon.replace('tags:', 'lev‸\ntags:'))).toEqual(['level']);
  expect(await labels('burst.yml', burst.replace('- failed_logon', '- fail‸'))).toContain(
    'failed_logon',
  );
  await change('logon.yml', logon);
  await change('burst.yml', burst);
});

test('finds definitions and references of selections and rules, over files', async () => {
  const places = async (method: string, name: string, marked: string): Promise<string[]> => {
    const context = { includeDeclaration: true };
    const found = await ask<Location[]>(method, name, marked, { context });
    return found.map(({ uri: of, range }) => `${of.split('/').at(-1)}:${range.start.line + 1}`);
  };
  const definition = 'textDocument/definition';
  const used = logon.replace('condition: selection', 'condition: sel‸ection');
  expect(await places(definition, 'logon.yml', used)).toEqual(['logon.yml:10']);
  const referred = burst.replace('- failed', '- fai‸led');
  expect(await places(definition, 'burst.yml', referred)).toEqual(['logon.yml:3']);
  const references = 'textDocument/references';
  expect(await places(references, 'logon.yml', used)).toEqual(['logon.yml:10', 'logon.yml:15']);
  const named = logon.replace('name: failed', 'name: fai‸led');
  expect((await places(references, 'logon.yml', named)).sort()).toEqual([
    'burst.yml:6',
    'logon.yml:2',
    'logon.yml:3',
  ]);
});

test('renames selections, unless that changes what the rule means', async () => {
  const marked = logon.replace('  other:', '  oth‸er:');
  const rename = (newName: string, text = marked): Promise<WorkspaceEdit> =>
    ask<WorkspaceEdit>('textDocument/rename', 'logon.yml', text, { newName });
  const expected = logon.replace('  other:', '  computers:').replace('not other', 'not computers');
  expect(applied(logon, await rename('computers'), 'logon.yml')).toBe(expected);
  await expect(rename('selection_main')).rejects.toThrow(/already/);
  await expect(rename('a b')).rejects.toThrow(/not a name/);
  const pattern = marked.replace('condition: selection_main', 'condition: 1 of selection_*');
  await expect(rename('selection_x', pattern)).rejects.toThrow(/mean something else/);
  await change('logon.yml', logon);
});

test('lists the parts of a rule', async () => {
  const [rule] = await client.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', {
    textDocument: { uri: uri('logon.yml') },
  });
  expect(rule?.name).toBe('Failed Logon');
  const detection = rule?.children?.find(({ name }) => name === 'detection');
  expect(detection?.children?.map(({ name }) => name)).toEqual([
    'selection_main',
    'other',
    'condition',
  ]);
});

test('outlives a change whose text is not a text', async () => {
  await client.sendNotification('textDocument/didChange', {
    textDocument: { uri: uri('logon.yml'), version: 3 },
    contentChanges: [{ text: 5 }],
  });
  const parts = await client.sendRequest<DocumentSymbol[]>('textDocument/documentSymbol', {
    textDocument: { uri: uri('logon.yml') },
  });
  expect(parts.map(({ name }) => name)).toEqual(['Failed Logon']);
});

test('keeps files as they are on disk', () => {
  expect(readFileSync(join(folder, 'rules', 'logon.yml'), 'utf8')).toBe(logon);
});

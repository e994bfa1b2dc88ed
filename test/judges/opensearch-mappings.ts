import type { TestEvent } from '../matcher.ts';

/**
 * How an index maps fields, and what is kept of an event; undefined for one that the index refuses.
 */
export interface IndexKind {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, unknown>>;
  readonly stored: (event: TestEvent) => TestEvent | undefined;
}

const numbers = [
  'EventID',
  'Version',
  'Level',
  'Task',
  'Opcode',
  'EventRecordID',
  'Execution_ProcessID',
  'Execution_ThreadID',
];
const numeric = new Set(numbers);
const longs = Object.fromEntries(numbers.map((name) => [name, { type: 'long' }]));
// objects are not to be mapped as texts: dotted names make them
const strings = (mapping: object): object[] =>
  ['string', 'long', 'double', 'boolean'].map((type) => ({
    [type]: { match_mapping_type: type, mapping },
  }));

const hasWholeNumbers = (event: TestEvent, names: ReadonlySet<string>): boolean =>
  Object.entries(event).every(
    ([name, value]) => !names.has(name) || /^-?\d{1,18}$/.test(String(value)),
  );

function kept(event: TestEvent): TestEvent {
  return Object.fromEntries(
    Object.entries(event).filter(
      ([name, value]) => !name.startsWith('_') && value !== undefined && value !== null,
    ),
  );
}

/** Graylog keeps no empty text and no boolean, and every text without the blanks around it. */
export function asGraylogKeeps(event: TestEvent): TestEvent | undefined {
  const texts = Object.entries(kept(event)).flatMap(([name, value]): [string, unknown][] => {
    if (typeof value === 'boolean') return [];
    const text = String(value).trim();
    return text === '' ? [] : [[name, numeric.has(name) ? value : text]];
  });
  const stored = Object.fromEntries(texts);
  return hasWholeNumbers(stored, numeric) ? stored : undefined;
}

/** As Graylog's own template maps: texts are plain keywords, with their case. */
export const graylogIndex: IndexKind = {
  name: 'proof-graylog',
  settings: {},
  mappings: {
    date_detection: false,
    dynamic_templates: strings({ type: 'keyword' }),
    properties: longs,
  },
  stored: asGraylogKeeps,
};

/** Texts are keywords whose case a normalizer takes away. */
export const lowercaseIndex: IndexKind = {
  name: 'proof-lowercase',
  settings: { analysis: { normalizer: { small: { type: 'custom', filter: ['lowercase'] } } } },
  mappings: {
    date_detection: false,
    dynamic_templates: strings({ type: 'keyword', normalizer: 'small' }),
    properties: longs,
  },
  stored: (event) => (hasWholeNumbers(kept(event), numeric) ? kept(event) : undefined),
};

// the fields of the Elastic Common Schema that are not plain keywords, of those that Windows events
// have
const ecsWildcards = [
  'process.command_line',
  'process.parent.command_line',
  'registry.data.strings',
];
const ecsAddresses = ['source.ip', 'destination.ip', 'host.ip'];
const ecsScripts = ['powershell.file.script_block_text'];
const ecsWords = [
  'message',
  'powershell.command.value',
  'powershell.command.invocation_details.value',
];
const ecsNumbers = [
  'source.port',
  'destination.port',
  'process.pid',
  'process.parent.pid',
  'process.thread.id',
];
const ecsWithText = [
  'process.executable',
  'process.parent.executable',
  'process.working_directory',
  'process.name',
  'file.path',
  'user.name',
];
const text = { fields: { text: { type: 'match_only_text' } } };

function isAddress(value: unknown): boolean {
  const octets = String(value).split('.');
  const isFour =
    octets.length === 4 &&
    octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
  return (
    isFour ||
    /^(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$|^[0-9a-f]{0,4}::?(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?$/i.test(
      String(value),
    )
  );
}

/**
 * As the Elastic Common Schema maps: keywords of up to 1,024 characters, addresses, numbers and
 * analysed texts as such. Its wildcards are keywords of any length here: OpenSearch 2.19 finds
 * nothing in a field of its own type `wildcard` through `query_string`, not even `*abc*`.
 */
export const ecsIndex: IndexKind = {
  name: 'proof-ecs',
  // as Winlogbeat has it
  settings: { analysis: { analyzer: { scripts: { type: 'pattern', pattern: '[\\W&&[^-]]+' } } } },
  mappings: {
    date_detection: false,
    dynamic_templates: strings({ type: 'keyword', ignore_above: 1024 }),
    properties: Object.fromEntries([
      ...ecsWildcards.map((name) => [name, { type: 'keyword', ...text }]),
      ...ecsScripts.map((name) => [name, { type: 'text', analyzer: 'scripts' }]),
      ...ecsWords.map((name) => [name, { type: name === 'message' ? 'match_only_text' : 'text' }]),
      ...ecsAddresses.map((name) => [name, { type: 'ip' }]),
      ...ecsNumbers.map((name) => [name, { type: 'long' }]),
      ...ecsWithText.map((name) => [name, { type: 'keyword', ignore_above: 1024, ...text }]),
    ]),
  },
  stored(event) {
    const found = kept(event);
    const sound =
      hasWholeNumbers(found, new Set(ecsNumbers)) &&
      ecsAddresses.every((name) => found[name] === undefined || isAddress(found[name]));
    return sound ? found : undefined;
  },
};

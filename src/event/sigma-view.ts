import type { Event } from '../match/event.ts';
import { isRecord } from '../source/record.ts';
import { asRecord, type Fields, setField } from './field.ts';

/** Names of the fields: those in the input alone, or also those that generic Sigma rules use. */
export type View = 'as-is' | 'sigma';

/** Sigma's name of a field, and where shippers put it: the first one present counts. */
const names: readonly (readonly [string, readonly string[]])[] = [
  [
    'EventID',
    [
      'winlog.event_id',
      'event.code',
      'EventCode',
      'winlogbeat_winlog_event_id',
      'winlogbeat_event_code',
      'event_id',
    ],
  ],
  ['Channel', ['winlog.channel', 'LogName', 'winlogbeat_winlog_channel', 'channel']],
  [
    'Provider_Name',
    [
      'winlog.provider_name',
      'event.provider',
      'SourceName',
      'winlogbeat_winlog_provider_name',
      'source_name',
    ],
  ],
  [
    'Computer',
    [
      'winlog.computer_name',
      'host.name',
      'ComputerName',
      'winlogbeat_winlog_computer_name',
      'computer_name',
    ],
  ],
  ['Image', ['process.executable']],
  ['CommandLine', ['process.command_line']],
  ['CurrentDirectory', ['process.working_directory']],
  ['OriginalFileName', ['process.pe.original_file_name']],
  ['ParentImage', ['process.parent.executable']],
  ['ParentCommandLine', ['process.parent.command_line']],
  ['TargetFilename', ['file.path']],
  ['ImageLoaded', ['dll.path']],
  ['TargetObject', ['registry.path']],
  ['Details', ['registry.data.strings']],
  ['DestinationIp', ['destination.ip']],
  ['DestinationHostname', ['destination.domain']],
  ['DestinationPort', ['destination.port']],
  ['SourceIp', ['source.ip']],
  ['SourcePort', ['source.port']],
  ['QueryName', ['dns.question.name']],
];

/** Names that Windows writes with a blank and some shippers with `_`. */
const underscored = ['ThreatName', 'SourceName', 'ProcessName'].map(
  (name) => [name, name.replace('Name', '_Name')] as const,
);

interface Path {
  readonly name: string;
  readonly steps: readonly string[];
}

const pathOf = (name: string): Path => ({ name, steps: name.split('.') });
const sources = names.map(([name, paths]) => ({ name, paths: paths.map(pathOf) }));
/** Objects whose fields have Sigma's names. */
const nests = ['winlog.event_data', 'winlog.user_data'].map(pathOf);
/** Prefixes of the same fields where a shipper flattened them. */
const prefix =
  /^(?:(?:winlogbeat_)?(?:winlog_)?(?:event|user)_data_|winlog\.(?:event|user)_data\.)(?=.)/;

/**
 * Adds the field names of Sigma, such as `CommandLine` to an event that has `process.command_line`.
 *
 * @param event - An event with the names of its product.
 * @returns The event with more fields. Those that it has keep their values.
 * @example
 * import { withSigmaNames } from 'sigpack';
 *
 * withSigmaNames({ 'process.executable': 'a.exe' }).Image; // => 'a.exe'
 */
export function withSigmaNames(event: Event): Event {
  let fields: Fields | undefined;
  const add = (name: string, value: unknown): void => {
    if (value === undefined || value === null || Object.hasOwn(fields ?? event, name)) return;
    fields ??= { ...event };
    setField(fields, name, value);
  };
  for (const nest of nests)
    for (const [name, value] of Object.entries(asRecord(valueAt(event, nest)))) add(name, value);
  for (const name of Object.keys(event)) {
    const short = name.includes('_data') ? name.replace(prefix, '') : name;
    if (short !== name) add(short, event[name]);
  }
  for (const { name, paths } of sources) {
    for (const path of paths) add(name, valueAt(event, path));
  }
  addJoinedNames(fields ?? event, add);
  return fields ?? event;
}

/** `Threat Name` and `Threat_Name` of Windows' event data, which rules call `ThreatName`. */
function addJoinedNames(event: Event, add: (name: string, value: unknown) => void): void {
  if (event.EventID === undefined) return;
  for (const name of Object.keys(event))
    if (name.includes(' ')) add(name.replaceAll(' ', ''), event[name]);
  for (const [name, joined] of underscored) add(name, event[joined]);
}

/** The value of a dotted name, nested or flat. */
function valueAt(event: Event, { name, steps }: Path): unknown {
  if (Object.hasOwn(event, name)) return event[name];
  if (steps.length === 1) return undefined;
  let value: unknown = event;
  for (const step of steps) {
    if (!isRecord(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

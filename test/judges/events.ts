import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from './spl/value.ts';

export interface LoadedEvent {
  readonly ruleId: string;
  readonly ruleTitle: string;
  /** Path of the events' file. */
  readonly file: string;
  /** Flat fields and `_time` in epoch seconds. */
  readonly event: Event;
}

/**
 * Every Windows event under `<sharedDir>/events`, with the rule that its `info.yml` names. A file
 * may hold several events.
 */
export function loadEvents(sharedDir: string): readonly LoadedEvent[] {
  const root = join(sharedDir, 'events');
  const infos = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('info.yml'),
  );
  return infos.sort().flatMap((info) => loadFolder(join(root, info, '..')));
}

function loadFolder(folder: string): readonly LoadedEvent[] {
  const info = readFileSync(join(folder, 'info.yml'), 'utf8');
  const ruleId = /^\s*-\s*id:\s*(\S+)/m.exec(info)?.[1] ?? '';
  const ruleTitle =
    /^\s+title:\s*(.+?)\s*$/m.exec(info)?.[1]?.replace(/^(['"])(.*)\1$/, '$2') ?? '';
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().flatMap((name) => {
    const file = join(folder, name);
    return documents(readFileSync(file, 'utf8')).map((document) => ({
      ruleId,
      ruleTitle,
      file,
      event: flatten(document),
    }));
  });
}

/** JSON documents that stand one after the other. */
function documents(text: string): readonly unknown[] {
  return text
    .split(/(?<=^\})\s*(?=\{)/m)
    .filter((part) => part.trim() !== '')
    .map((part): unknown => JSON.parse(part));
}

type Json = Readonly<Record<string, unknown>>;

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

/**
 * `System` (plain names, `Provider_Name` and the like for attributes), `EventData` by name,
 * `UserData` by the names of its innermost elements.
 */
export function flatten(document: unknown): Event {
  const event = record(record(document).Event);
  const fields: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(record(event.System))) addSystem(fields, name, value);
  addData(fields, record(event.EventData));
  addData(fields, record(event.UserData));
  const time = Date.parse(String(fields.TimeCreated_SystemTime ?? ''));
  return { ...fields, _time: Number.isNaN(time) ? 0 : time / 1000 };
}

function addSystem(
  fields: Record<string, string | number | boolean>,
  name: string,
  value: unknown,
): void {
  if (isScalar(value)) fields[name] = value;
  const element = record(value);
  const text = element['#text'];
  if (isScalar(text)) fields[name] = text;
  for (const [attribute, content] of Object.entries(record(element['#attributes']))) {
    if (isScalar(content)) fields[`${name}_${attribute}`] = content;
  }
}

function addData(fields: Record<string, string | number | boolean>, data: Json): void {
  for (const [name, value] of Object.entries(data)) {
    if (name === '#attributes') continue;
    const text = record(value)['#text'];
    if (isScalar(value)) fields[name] = value;
    else if (isScalar(text)) fields[name] = text;
    else addData(fields, record(value));
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WindowsEvent } from '../windows-events.ts';
import { shared } from './corpus.ts';

type Json =
  | { readonly [key: string]: Json }
  | readonly Json[]
  | string
  | number
  | boolean
  | null
  | undefined;

const at = (value: Json, ...path: readonly string[]): Json => {
  let now = value;
  for (const key of path)
    now =
      typeof now === 'object' && now !== null && !Array.isArray(now)
        ? (now as { readonly [key: string]: Json })[key]
        : undefined;
  return now;
};

/** Every recorded event; the file is named as the rule's id. */
export function windowsEvents(): readonly WindowsEvent[] {
  const paths = readdirSync(join(shared, 'events'), { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.json'),
  );
  return paths.sort().flatMap((path) => {
    const text = readFileSync(join(shared, 'events', path), 'utf8').trim();
    const events = text.startsWith('[') ? (JSON.parse(text) as Json[]) : splitJson(text);
    const ruleId = /([0-9a-f-]{36})\.json$/.exec(path)?.[1];
    return ruleId === undefined ? [] : events.flatMap((event) => readEvent(ruleId, event) ?? []);
  });
}

/** Events one after the other, each beginning a line. */
const splitJson = (text: string): readonly Json[] =>
  text.split(/\r?\n(?=\{)/).map((one) => JSON.parse(one) as Json);

function readEvent(ruleId: string, event: Json): WindowsEvent | undefined {
  const system = at(event, 'Event', 'System');
  const id = at(system, 'EventID');
  const channel = at(system, 'Channel');
  const data = at(event, 'Event', 'EventData');
  if (
    typeof id !== 'number' ||
    typeof channel !== 'string' ||
    typeof data !== 'object' ||
    data === null
  )
    return undefined;
  const texts = Object.entries(data).flatMap(([key, value]) =>
    value === null || typeof value === 'object' ? [] : [[key, String(value)] as const],
  );
  const provider = String(at(system, 'Provider', '#attributes', 'Name'));
  return {
    ruleId,
    id,
    channel,
    provider,
    computer: String(at(system, 'Computer')),
    data: Object.fromEntries(texts),
  };
}

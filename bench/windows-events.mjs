// Windows events for the bench: the recorded ones again and again, each with a time, process and
// record number of its own.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventsIn } from '../dist/modules/event/reader.js';
import { eventFolder } from './places.mjs';

/** The recorded events with the path of each, in the flat form with Sigma's names. */
export function recordedEvents() {
  return readdirSync(eventFolder, { recursive: true })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .flatMap((path) =>
      eventsIn(readFileSync(join(eventFolder, path), 'utf8')).map(({ event }) => ({ path, event })),
    );
}

const start = Date.UTC(2026, 0, 1);

/** So many events as JSON lines. */
export function windowsEvents(count) {
  const recorded = recordedEvents().flatMap(({ event }) =>
    'Channel' in event && 'EventID' in event ? [event] : [],
  );
  return Array.from(
    { length: count },
    (_, number) => `${JSON.stringify(varied(recorded[number % recorded.length], number))}\n`,
  ).join('');
}

function varied(event, number) {
  const time = new Date(start + number * 40).toISOString();
  const fields = {
    TimeCreated_SystemTime: time,
    UtcTime: time.replace('T', ' ').slice(0, -1),
    EventRecordID: 100_000 + number,
    ProcessId: 1000 + 4 * (number % 15_000),
    ProcessGuid: `0197231E-${number.toString(16).padStart(8, '0')}-0000-000000000D00`,
    LogonId: `0x${(200_000 + number).toString(16)}`,
  };
  return Object.fromEntries(
    Object.entries(event).map(([name, value]) => [name, fields[name] ?? value]),
  );
}

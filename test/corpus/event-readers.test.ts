import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FoundEvent, readEvents } from '../../src/cli/rule-test/event-files.ts';
import { eventTime } from '../../src/event/event-time.ts';
import { flatten } from '../judges/events.ts';
import { shared } from './corpus.ts';

const events = join(shared, 'events');

test('the events of SigmaHQ are read as an independent reader reads them', async () => {
  const files = readdirSync(events, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.json'),
  );
  expect(files.length).toBeGreaterThan(100);
  for (const name of files.sort()) {
    const file = join(events, name);
    const documents = readFileSync(file, 'utf8')
      .split(/(?<=^\})\s*(?=\{)/m)
      .filter((part) => part.trim() !== '');
    const expected = documents.map((part) => flatten(JSON.parse(part)));
    const found: FoundEvent[] = [];
    for await (const one of readEvents([file], 'as-is')) found.push(one);
    expect(
      found.map(({ event }) => ({ ...event, _time: (eventTime(event) ?? 0) / 1000 })),
      name,
    ).toEqual(expected);
  }
});

import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createEventReader, type EventReader } from '../src/event/reader.ts';
import { createRuleIndex, type RuleIndex } from '../src/match/index/rule-index.ts';
import { detectionOf } from './compile.ts';

const rules = [
  'sel: { Image|endswith: \\cmd.exe }\ncondition: sel',
  'sel: { CommandLine|contains: whoami }\ncondition: sel',
  'sel: [needle]\ncondition: sel',
];

/**
 * Reads and matches so many events, each with a text of its own; what is left is only known weakly.
 */
function pass(reader: EventReader, { matchesOf }: RuleIndex, count: number): WeakRef<object>[] {
  const events: WeakRef<object>[] = [];
  for (let number = 0; number < count; number++) {
    const text = JSON.stringify({
      Image: `C:\\${number}\\cmd.exe`,
      CommandLine: `whoami ${'x'.repeat(number)}`,
      winlog: { event_data: { User: `${number}` } },
    });
    for (const { event } of reader.push(`${text}\n`)) {
      expect(matchesOf(event)).toEqual(['0', '1']);
      events.push(new WeakRef(event));
    }
  }
  return events;
}

test('reader and index of rules keep no event but the last', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: unknown = runInNewContext('gc');
  if (typeof collectGarbage !== 'function') throw new Error('Node has no gc');
  const index = createRuleIndex(
    rules.map((text, id) => ({ id: String(id), query: detectionOf(text).query })),
  );
  const reader = createEventReader({ form: 'json', view: 'sigma' });
  const events = pass(reader, index, 500);
  expect(events).toHaveLength(500);
  // a weak reference holds its event to the end of the task
  await setImmediate();
  collectGarbage();
  expect(events.filter((event) => event.deref() !== undefined).length).toBeLessThan(5);
  expect(index.matchesOf({ Image: '\\cmd.exe' })).toEqual(['0']);
});

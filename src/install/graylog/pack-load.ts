import { tenths } from '../../artifact/schedule-budget.ts';
import { graylogWorkers } from '../../pack/config/load-budget.ts';
import { isRecord } from '../../source/record.ts';
import { fitText } from '../load-text.ts';
import type { ContentPack } from './content-pack-model.ts';

/** How many event definitions of a pack run in a minute, and how long each may take on a node. */
export function packLoadLines({ entities }: ContentPack): readonly string[] {
  const mean = tenths(
    entities.reduce(
      (sum, { type, data }) => (type.name === 'event_definition' ? sum + runsOf(data) : sum),
      0,
    ),
  );
  return [
    `The pack runs ${mean} event definitions in a minute on average.`,
    fitText('A node of Graylog', graylogWorkers, mean, 'of them'),
  ];
}

function runsOf({ is_scheduled: scheduled, config }: Readonly<Record<string, unknown>>): number {
  if (isRecord(scheduled) && scheduled['@value'] === false) return 0;
  const every = isRecord(config) ? Number(config.execute_every_ms) : 0;
  return every > 0 ? 60_000 / every : 0;
}

import type { Rule } from '../../../sigma/collection/collection.ts';
import { counted, firstFew, plural } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import { forStream, printText } from '../../terminal/guarded.ts';
import type { Hunt } from './hunts.ts';

const streamsText = (titles: readonly string[]): string =>
  `in the ${plural(titles.length, 'stream')} ${titles.join(', ')}`;

/**
 * Links know no streams: the server has ids for them, and these are not known here. `streams`:
 * those of the pack.
 */
export function headOf(
  last: string,
  streams: readonly string[],
  { linked, narrowed }: { readonly linked: boolean; readonly narrowed: boolean },
): string {
  const where = streams.length === 0 ? '' : `, ${streamsText(streams)}`;
  const head = `Searches of the last ${last}${where}:\n`;
  return linked && narrowed
    ? `${head}(The links search all streams, what rules found before included: choose the ` +
        'streams on the page.)\n'
    : head;
}

export function printHunt({ id, title, name, level, streams, ...found }: Hunt): void {
  const { queries, reason, links = [] } = found;
  const own = streams === undefined ? undefined : streamsText(streams);
  const facts = [level, id, own].filter((fact) => fact !== undefined).join(', ');
  printText(`\n${visible(name ?? title)}${facts === '' ? '' : ` (${facts})`}\n`);
  // not broken, so that they can be copied
  for (const line of [...queries, ...links])
    process.stdout.write(`  ${forStream(line, process.stdout)}\n`);
  if (reason !== undefined)
    printText(`  No search finds this in stored messages; rules at ingest do: ${reason}\n`);
}

/** Titles that a note has. */
const mostTitles = 5;

/** `serving`: rules that only serve correlations. */
export function noteLeftOut(correlations: number, serving: readonly Rule[]): void {
  if (correlations > 0)
    process.stderr.write(
      `sigpack: ${counted(correlations, 'correlation is', 'correlations are')} left out: a ` +
        'search finds single messages\n',
    );
  if (serving.length === 0) return;
  const titles = serving.map(({ title }) => JSON.stringify(title));
  const named = firstFew(titles, mostTitles);
  const rules = counted(serving.length, 'rule that only serves', 'rules that only serve');
  const are = plural(serving.length, 'is', 'are');
  process.stderr.write(
    `${visible(`sigpack: ${rules} correlations ${are} left out unless named: ${named}`)}\n`,
  );
}

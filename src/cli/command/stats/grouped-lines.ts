import type { GroupedLoad } from '../../../artifact/schedule-budget.ts';
import { type SourceWork, searchedSources } from '../../../artifact/work-estimate.ts';
import type { Pack } from '../../../pack/pack.ts';
import { groupedText } from '../../../pack/splunk/grouped/grouped-count.ts';
import { countedText, numberText } from '../../../source/number-text.ts';
import { visible } from '../../../source/visible.ts';

/** What groups make of the searches of detections. */
export function groupedLines(load: GroupedLoad): readonly string[] {
  const { groups, detections, broad, alone, longest, single } = load;
  const byReason = Map.groupBy(alone, ({ reason }) => reason);
  return [
    `${groupedText({ detections, searches: groups })}, ` +
      `${numberText(alone.length)} by ${alone.length === 1 ? 'itself' : 'themselves'}; ` +
      `the longest search has ${numberText(longest)} bytes\n`,
    ...(broad.groups === 0
      ? []
      : [
          `  ${countedText(broad.groups, 'grouped search', 'grouped searches')} with ` +
            `${countedText(broad.detections, 'detection')} may read all events of the log source\n`,
        ]),
    ...[...byReason].map(([reason, of]) => `  ${numberText(of.length)}: ${visible(reason)}\n`),
    `One by one: ${countedText(single.searches, 'search', 'searches')} ` +
      `(most ${numberText(single.most)}, mean ${single.mean.toFixed(1)})\n`,
  ];
}

/** How many events the searches look through in a minute, by log source. */
export function workLines(work: readonly SourceWork[], pack: Pack): readonly string[] {
  if (work.length === 0) return [];
  const known = new Set(searchedSources(pack));
  const rows = work.map(({ source, events, single, scheduled }) => {
    const name = `  ${visible(source)}: `;
    return known.has(source)
      ? `${name}${numberText(events)} events, ${numberText(single)} one by one, ` +
          `${numberText(scheduled)} as scheduled\n`
      : `${name}no enabled detection searches it\n`;
  });
  return ['Looked through in a minute, if no index left out anything:\n', ...rows];
}

import type { GroupedLoad } from '../../../artifact/schedule-budget.ts';
import { type SourceWork, searchedSources } from '../../../artifact/work-estimate.ts';
import type { Pack } from '../../../pack/pack.ts';
import { counted } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import { numberText } from '../../report/number.ts';

/** What groups make of the searches of detections. */
export function groupedLines(load: GroupedLoad): readonly string[] {
  const { groups, detections, alone, longest, single } = load;
  const byReason = Map.groupBy(alone, ({ reason }) => reason);
  return [
    `${counted(detections, 'detection runs', 'detections run')} in ` +
      `${counted(groups, 'grouped search', 'grouped searches')}, ` +
      `${alone.length} by ${alone.length === 1 ? 'itself' : 'themselves'}; ` +
      `the longest search has ${numberText(longest)} bytes\n`,
    ...[...byReason].map(([reason, of]) => `  ${of.length}: ${visible(reason)}\n`),
    `One by one: ${counted(single.searches, 'search', 'searches')} ` +
      `(most ${single.most}, mean ${single.mean.toFixed(1)})\n`,
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

import type { GraylogDetection } from '../model/detection.ts';
import { cronGaps, overlapError, spanText } from '../settings/schedule.ts';
import { graylogWindow, isTemplateField } from './window.ts';

/** How long notifications of a definition are silent after one, by its key. */
export interface GraylogGrace {
  /** Seconds. */
  readonly period: number;
  /** What is found again and notifies again (TGT008). */
  readonly repeats?: string;
  /** What the settings say that is not so (TGT007). */
  readonly ignored?: string;
}

/**
 * The period of `suppress`, at least as long as runs find the same again. Not where the settings
 * say 0, or where groups can't be told apart: the silence of one would be that of all.
 */
export function graylogGrace(g: GraylogDetection, minimum: number): GraylogGrace {
  const { search, detection } = g;
  const { within, shortest } = foundAgain(g, minimum);
  const { period, usual } = detection.settings.suppress ?? {};
  const given = period ?? 0;
  // each message has a key of its own, so that no other one is silent
  if (search.kind === 'filter') return { period: Math.max(given, within) };
  if (usual) return usualGrace(g, given, minimum);
  const repeats =
    given < within ? overlapError(within, { shortest, longest: shortest }, given) : undefined;
  const apart = search.groupBy.find((field) => !isTemplateField(field));
  if (apart !== undefined) return graceOfAll(apart, given, repeats);
  if (given >= within || period === undefined) return { period: Math.max(given, within) };
  if (period === 0) return { period, ...(repeats === undefined ? {} : { repeats }) };
  const ignored =
    `\`suppress\` holds back for ${spanText(within)} in place of ${spanText(period)}: for that ` +
    'long, runs find the same messages again';
  return { period: within, ignored };
}

/** A period that nobody chose is none where it would make all silent after one. */
function usualGrace(g: GraylogDetection, given: number, minimum: number): GraylogGrace {
  const { search, detection } = g;
  const { within, shortest } = foundAgain(g, minimum);
  const apart =
    search.kind === 'aggregation'
      ? search.groupBy.find((field) => !isTemplateField(field))
      : undefined;
  const repeats =
    apart === undefined || within === 0
      ? undefined
      : overlapError(within, { shortest, longest: shortest }, 0);
  if (apart !== undefined) return graceOfAll(apart, 0, repeats);
  return { period: Math.max(detection.rule.kind === 'correlation' ? given : 0, within) };
}

/** Of groups that have a field which no key can hold. */
function graceOfAll(apart: string, period: number, repeats: string | undefined): GraylogGrace {
  const why = `no key of an event can hold \`${apart}\` and tell the groups apart`;
  return {
    period,
    ...(repeats === undefined ? {} : { repeats: `${why}: ${repeats}` }),
    ...(period === 0
      ? {}
      : {
          ignored: `${why}: \`suppress\` holds back all of them for ${spanText(period)} after one`,
        }),
  };
}

/**
 * Seconds in which runs find a message again, 0 for windows that only meet, and those from a run to
 * the next.
 */
export function foundAgain(
  { detection: { settings, rule }, search }: GraylogDetection,
  minimum: number,
): { readonly within: number; readonly shortest: number } {
  if (search.kind === 'aggregation' && rule.kind === 'correlation')
    return { within: search.within > search.every ? search.within : 0, shortest: search.every };
  const { within, every, cron } = graylogWindow(settings, minimum);
  // a run of cron looks back over the longest gap, which others need not be; silence that begins
  // with a run must end before an even next one
  const { shortest = every } =
    (cron === undefined ? undefined : cronGaps(settings.cron ?? '')) ?? {};
  const cronRepeats = cron !== undefined && (settings.threshold <= 1 || shortest < every);
  return { within: within > every || cronRepeats ? within : 0, shortest };
}

import { cronGaps } from '../cron/gaps.ts';
import { overlapError, spanText } from '../cron/overlap.ts';
import type { GraylogDetection } from '../model/detection.ts';
import { graylogWindow, isTemplateField } from './window.ts';

/** How long a definition sends no further notification for the same key. */
export interface GraylogGrace {
  /** Seconds. */
  readonly period: number;
  /** What is found again and notifies again (TGT008). */
  readonly repeats?: string;
  /** Which settings can't be honoured (TGT007). */
  readonly ignored?: string;
}

/**
 * The period of `suppress`, at least as long as runs find the same messages again. Zero if the
 * settings say 0, or if groups can't be distinguished: suppressing one would suppress all.
 */
export function graylogGrace(g: GraylogDetection, minimum: number): GraylogGrace {
  const { search, detection } = g;
  const { within, shortest } = foundAgain(g, minimum);
  const { period, usual } = detection.settings.suppress ?? {};
  const given = period ?? 0;
  // each message has a key, so that it suppresses no other
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

/** A default period does not apply if it would suppress everything after the first event. */
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

/** For groups with a field that no key can hold. */
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
 * Seconds during which runs find a message again, 0 for windows that only meet; and seconds from
 * one run to the next.
 */
export function foundAgain(
  { detection: { settings, rule }, search }: GraylogDetection,
  minimum: number,
): { readonly within: number; readonly shortest: number } {
  if (search.kind === 'aggregation' && rule.kind === 'correlation')
    return { within: search.within > search.every ? search.within : 0, shortest: search.every };
  const { within, every, cron } = graylogWindow(settings, minimum);
  // a cron run looks back over the longest gap, which others may not need; suppression that starts
  // with a run must end before a regular next one
  const { shortest = every } =
    (cron === undefined ? undefined : cronGaps(settings.cron ?? '')) ?? {};
  const cronRepeats = cron !== undefined && (settings.threshold <= 1 || shortest < every);
  return { within: within > every || cronRepeats ? within : 0, shortest };
}

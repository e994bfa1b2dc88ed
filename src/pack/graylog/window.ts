import type { CompiledRule } from '../../query/compile.ts';
import { cronGap } from '../cron/gaps.ts';
import { quartzCron } from '../cron/quartz.ts';
import type { GraylogDetection } from '../model/detection.ts';
import { versionNumber } from '../settings/server-version.ts';
import type { DetectionSettings } from '../settings/settings.ts';

/** Spans in seconds. */
export interface GraylogWindow {
  readonly within: number;
  readonly every: number;
  /** In Quartz's syntax, instead of `every`. */
  readonly cron?: string;
}

const cronSince = versionNumber(6, 1);

/**
 * When a definition runs and how far it looks back. A window of Graylog ends now: for late events
 * it starts earlier, so windows overlap. Counts must not cover a longer time, so `delay` does not
 * apply to them.
 */
export function graylogWindow(
  { interval, window = 0, cron, given, threshold }: DetectionSettings,
  minimum: number,
): GraylogWindow {
  const quartz = cron !== undefined && minimum >= cronSince ? quartzCron(cron) : undefined;
  const every = quartz === undefined ? interval : (cronGap(cron ?? '') ?? interval);
  const late = threshold > 1 ? 0 : (given?.delay ?? 0);
  return {
    within: Math.max(window, every) + late,
    every,
    ...(quartz === undefined ? {} : { cron: quartz }),
  };
}

/** The settings of the detection that Graylog can't honour, and why. */
export function ignoredByGraylog(
  { detection: { settings }, search }: GraylogDetection,
  compiled: CompiledRule,
  minimum: number,
): readonly string[] {
  const { interval, cron, delay = 0, window } = settings.given ?? {};
  const isCorrelation = compiled.kind === 'correlation';
  const found: string[] = [];
  if (cron !== undefined) {
    if (isCorrelation)
      found.push('`cron` does not apply to correlations, which run at the steps of their windows');
    else if (minimum < cronSince)
      found.push(
        '`cron` needs a server from 6.1 on (graylog.minimumServerVersion): definitions run ' +
          'every `interval`',
      );
    else if (quartzCron(cron) === undefined)
      found.push(
        '`cron` names days of the month and of the week, which Graylog cannot combine: ' +
          'definitions run every `interval`',
      );
  }
  if (
    isCorrelation &&
    cron === undefined &&
    interval !== undefined &&
    search.kind === 'aggregation' &&
    interval !== search.every
  )
    found.push(
      '`interval` does not apply to correlations, which run at the steps of their windows',
    );
  if (isCorrelation && settings.threshold > 1)
    found.push(
      '`threshold` does not apply to correlations: each group that fulfils the condition is ' +
        'an event',
    );
  if (window !== undefined && isCorrelation)
    found.push('`window` does not apply to correlations, whose windows follow from their timespan');
  const counted =
    search.kind === 'aggregation' && (!isCorrelation || search.within <= compiled.rule.timespan);
  if (delay > 0 && counted)
    found.push(
      '`delay` does not apply where events are counted in windows that end now: late ones ' +
        'are not counted',
    );
  return found;
}

/**
 * Whether Graylog's template language can look up the name: it reads `.` as a step into an object,
 * and other signs as syntax.
 */
export const isTemplateField = (field: string): boolean => templateField.test(field);
const templateField = /^[A-Za-z0-9_@-]+$/;

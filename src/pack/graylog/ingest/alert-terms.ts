import { type Level, levels } from '../../../sigma/rule/rule.ts';
import { spanText } from '../../cron/overlap.ts';
import type { GraylogDetection } from '../../model/detection.ts';
import { type GraylogWindow, graylogWindow } from '../window.ts';

/**
 * When the hits of a rule become alerts, and which of them are one: what the rules of an event
 * definition have in common.
 */
export interface AlertTerms {
  readonly window: GraylogWindow;
  /** As in the settings; the window has it in Quartz's syntax. */
  readonly cron?: string;
  /** Seconds without another notification for the same key. */
  readonly grace: number;
  /** Fields of the hit that distinguish alerts. Empty: its entity. */
  readonly keys: readonly string[];
}

/** The hits of a level under the same terms: an event definition. */
export interface AlertGroup {
  readonly level: Level;
  readonly terms: AlertTerms;
  /**
   * The hits have it in `sigma_group`. Undefined for what most rules of the level have: its hits
   * have no group, and those of groups that have no definition for the level are among them.
   */
  readonly name?: string;
  /** Of the level: the groups that have definitions of their own. */
  readonly others: readonly string[];
}

export interface Alerting {
  /** By level, the lowest first; each level has one without a name. */
  readonly groups: readonly AlertGroup[];
  /** Of a detection: what its hits have in `sigma_group`. */
  readonly groupOf: (g: GraylogDetection) => string | undefined;
}

/** Of the hits of rules that have an event definition of their own. */
export const ownGroup = 'own definition';

/** Where neither settings nor rules of the level say more. */
const usualGrace = 3600;
const usualTerms: AlertTerms = { window: { within: 900, every: 900 }, grace: usualGrace, keys: [] };

/** Whether an event definition shared with other rules raises the alerts of the detection. */
export const sharesDefinition = ({ search, detection }: GraylogDetection): boolean =>
  search.kind === 'filter' && detection.rule.kind === 'detection';

/** Groups the rules that are on by their terms. `minimum`: the oldest server, as a number. */
export function alertingOf(detections: readonly GraylogDetection[], minimum: number): Alerting {
  const termsOf = new Map<string, AlertTerms>([[nameOf(usualTerms), usualTerms]]);
  const names = new Map<GraylogDetection, string>();
  const counts = new Map<Level, Map<string, number>>();
  for (const g of detections) {
    if (!g.detection.settings.enabled || !sharesDefinition(g)) continue;
    const terms = alertTerms(g, minimum);
    const name = nameOf(terms);
    termsOf.set(name, terms);
    names.set(g, name);
    const { severity } = g.detection;
    const ofLevel = counts.get(severity) ?? new Map<string, number>();
    counts.set(severity, ofLevel.set(name, (ofLevel.get(name) ?? 0) + 1));
  }
  const usual = mostFrequent([...counts.values()]) ?? nameOf(usualTerms);
  const main = new Map(
    levels.map((level) => [level, mostFrequent([counts.get(level) ?? new Map()], usual) ?? usual]),
  );
  const groups = levels.flatMap((level): AlertGroup[] => {
    const others = [...(counts.get(level)?.keys() ?? [])]
      .filter((name) => name !== main.get(level))
      .sort();
    const terms = (name: string): AlertTerms => termsOf.get(name) ?? usualTerms;
    return [
      { level, terms: terms(main.get(level) ?? usual), others },
      ...others.map((name) => ({ level, terms: terms(name), name, others: [] })),
    ];
  });
  return {
    groups,
    groupOf(g) {
      if (!sharesDefinition(g)) return ownGroup;
      const name = names.get(g);
      return name === main.get(g.detection.severity) ? undefined : name;
    },
  };
}

/** The default is one period for all: one by log source would take as many definitions. */
function alertTerms({ detection: { settings } }: GraylogDetection, minimum: number): AlertTerms {
  const window = graylogWindow(settings, minimum);
  const { period = 0, usual } = settings.suppress ?? {};
  const given = usual ? usualGrace : period;
  return {
    window,
    ...(window.cron === undefined || settings.cron === undefined ? {} : { cron: settings.cron }),
    // runs whose windows overlap find the same hits again
    grace:
      window.within > window.every || window.cron !== undefined
        ? Math.max(given, window.within)
        : given,
    keys: settings.graylog.keyFields,
  };
}

/** For readers, and unique for its terms. */
const nameOf = ({ window: { within, every, cron }, grace, keys }: AlertTerms): string =>
  [
    cron === undefined ? `every ${spanText(every)}` : `at ${cron}`,
    ...(within === every ? [] : [`${spanText(within)} back`]),
    grace === 0 ? 'never silent' : `silent for ${spanText(grace)}`,
    ...(keys.length === 0 ? [] : [`by ${keys.join(', ')}`]),
  ].join(', ');

/** The name with the highest count over all maps; of several the usual one, else by its letters. */
function mostFrequent(
  counts: readonly ReadonlyMap<string, number>[],
  usual?: string,
): string | undefined {
  const sums = new Map<string, number>();
  for (const one of counts)
    for (const [name, count] of one) sums.set(name, (sums.get(name) ?? 0) + count);
  const place = (name: string): number => (name === usual ? 0 : 1);
  return [...sums].sort(
    ([a, one], [b, other]) => other - one || place(a) - place(b) || (a < b ? -1 : 1),
  )[0]?.[0];
}

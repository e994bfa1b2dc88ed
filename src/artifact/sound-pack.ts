import type { Target } from '../pack/config/config.ts';
import type { PackDetection } from '../pack/model/detection.ts';
import { skipped } from '../pack/outcome.ts';
import type { Pack } from '../pack/pack.ts';
import { splunkGroups } from '../pack/splunk/grouped/groups.ts';

/** A detection that a pack can't hold, whatever else is in it. */
export interface Broken {
  readonly target: Target;
  readonly detection: PackDetection;
  readonly reason: string;
}

/** The diagnostic about a detection that is left out, without its target. */
export function diagnosticAbout({ detection, reason }: Broken): {
  readonly code: 'PCK007' | 'PIP002';
  readonly message: string;
} {
  if (detection.postprocessed)
    return {
      code: 'PIP002',
      message: `the postprocessing of pipelines makes a query that no pack can hold: ${reason}`,
    };
  return { code: 'PCK007', message: reason };
}

type ErrorsOf<T> = (some: readonly T[]) => readonly string[];

/**
 * Those that cause errors on their own; empty if even an empty pack has errors. Bisects, as most
 * packs have a single such detection.
 */
export function brokenOf<T>(
  all: readonly T[],
  errorsOf: ErrorsOf<T>,
): readonly { readonly one: T; readonly reason: string }[] {
  if (errorsOf([]).length > 0) return [];
  const search = (some: readonly T[]): readonly { readonly one: T; readonly reason: string }[] => {
    const [reason] = some.length === 0 ? [] : errorsOf(some);
    if (reason === undefined) return [];
    const [one] = some;
    if (some.length === 1 && one !== undefined) return [{ one, reason }];
    const half = Math.ceil(some.length / 2);
    return [...search(some.slice(0, half)), ...search(some.slice(half))];
  };
  return search(all);
}

/** The pack without the broken detections: each is skipped in its target. */
export function withoutBroken(pack: Pack, broken: readonly Broken[]): Pack {
  const of = (target: Target): ReadonlyMap<string, Broken> =>
    new Map(broken.filter((one) => one.target === target).map((one) => [one.detection.id, one]));
  const left: Readonly<Record<Target, ReadonlyMap<string, Broken>>> = {
    splunk: of('splunk'),
    graylog: of('graylog'),
  };
  const splunk = pack.splunk.filter(({ detection }) => !left.splunk.has(detection.id));
  return {
    ...pack,
    splunk,
    groups: splunkGroups(splunk, pack.config),
    graylog: pack.graylog.filter(({ detection }) => !left.graylog.has(detection.id)),
    outcomes: pack.outcomes.map((outcome) => {
      const targets = [...outcome.targets].map(([target, result]) => {
        const found = left[target].get(outcome.detection.id);
        return [target, found ? skipped([diagnosticAbout(found)]) : result] as const;
      });
      return { ...outcome, targets: new Map(targets) };
    }),
  };
}

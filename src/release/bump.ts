import type { Bump, BumpReason, BumpRules } from '../pack/config/release-config.ts';
import type { Change, Diff } from './diff/diff.ts';
import { larger } from './version.ts';

export interface BumpDecision {
  /** Undefined where nothing changed. */
  readonly bump: Bump | undefined;
  /** Why: how many of each reason. */
  readonly reasons: ReadonlyMap<BumpReason, number>;
}

export function decideBump(
  { changes, parameters, settings }: Diff,
  rules: BumpRules,
): BumpDecision {
  const reasons = new Map<BumpReason, number>();
  const count = (reason: BumpReason, number = 1): void => {
    if (number > 0) reasons.set(reason, (reasons.get(reason) ?? 0) + number);
  };
  for (const change of changes) for (const reason of reasonsOf(change)) count(reason);
  // one more index macro has a default; a parameter of a content pack is asked for
  count(
    'parameter',
    parameters.removed.length + parameters.added.filter((one) => one.startsWith('graylog ')).length,
  );
  count('pack', settings.length);
  let bump: Bump | undefined;
  for (const reason of reasons.keys()) bump = larger(bump, rules[reason]);
  return { bump, reasons };
}

const reasonsOf = ({ kinds, before, after }: Change): readonly BumpReason[] =>
  kinds.map((kind) =>
    kind === 'renamed' ? (before?.name === after?.name ? 'title' : 'name') : kind,
  );

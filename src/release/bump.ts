import type { Bump, BumpReason, BumpRules } from '../pack/config/release-config.ts';
import type { Change, Diff } from './diff/diff.ts';
import { larger } from './version.ts';

export interface BumpDecision {
  /** Undefined if nothing changed. */
  readonly bump: Bump | undefined;
  /** Number of changes by reason. */
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
  // a new index macro has a default, a new parameter of a content pack has to be set
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

import type { PlaygroundDiagnostic } from './messages.ts';

/** The diagnostics about the rule or the target that is shown, then those of other targets. */
export function chosenFirst(
  list: readonly PlaygroundDiagnostic[],
  target: string,
): readonly PlaygroundDiagnostic[] {
  const isOther = (one: PlaygroundDiagnostic): boolean => (one.target ?? target) !== target;
  return [...list.filter((one) => !isOther(one)), ...list.filter(isOther)];
}

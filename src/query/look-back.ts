import type { CompiledRule } from './compile.ts';

/**
 * Seconds before an event that decide on it: the timespan of a correlation, and those on the
 * longest way down from it.
 */
export function lookBackOf(
  compiled: CompiledRule,
  known: Map<CompiledRule, number> = new Map(),
): number {
  if (compiled.kind === 'detection') return 0;
  // correlations may share parts level upon level: each is looked at once
  const seconds =
    known.get(compiled) ??
    compiled.rule.timespan + Math.max(0, ...compiled.parts.map((part) => lookBackOf(part, known)));
  known.set(compiled, seconds);
  return seconds;
}

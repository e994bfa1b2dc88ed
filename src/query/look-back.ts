import type { CompiledRule } from './compile.ts';

/**
 * How many seconds before an event decide on it: the timespan of a correlation, plus those on the
 * longest path below it.
 */
export function lookBackOf(
  compiled: CompiledRule,
  known: Map<CompiledRule, number> = new Map(),
): number {
  if (compiled.kind === 'detection') return 0;
  // correlations may share parts at several levels: each is visited once
  const seconds =
    known.get(compiled) ??
    compiled.rule.timespan + Math.max(0, ...compiled.parts.map((part) => lookBackOf(part, known)));
  known.set(compiled, seconds);
  return seconds;
}

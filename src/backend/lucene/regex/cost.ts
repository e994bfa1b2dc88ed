import { automatonOf } from './build-machine.ts';
import type { Ir } from './ir.ts';
import { successors } from './successors.ts';

/**
 * What Lucene spends on a regular expression: it makes a deterministic automaton of it, and gives
 * up above a limit, at every run of the query. The sum of the sizes of the deterministic states,
 * which is how Lucene counts; counting ends above the limit.
 */
export function determinizeCost(ir: Ir, limit: number): number {
  const { machine, start } = automatonOf(ir);
  const known = new Set<string>();
  const queue: (readonly number[])[] = [];
  let cost = 0;
  const visit = (states: readonly number[]): void => {
    const key = String.fromCharCode(...states);
    if (known.has(key)) return;
    known.add(key);
    queue.push(states);
    cost += states.length;
  };
  visit(start);
  for (let at = 0; at < queue.length && cost <= limit; at++)
    for (const states of successors(queue[at] ?? [], machine)) visit(states);
  return cost;
}

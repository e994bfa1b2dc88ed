// The figures of a run beside their budgets and goals.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const budgets = JSON.parse(readFileSync(join(import.meta.dirname, 'budgets.json'), 'utf8'));

/** What was measured, by its key in budgets.json. */
export const figure = (key, name, value, unit) => ({ key, name, value, unit });

/** What could not be measured here. It is within its budget. */
export const absent = (key, name, reason) => ({ key, name, reason });

/** What has no value because a command failed. It is over its budget. */
export const failed = (key, name, fault) => ({ key, name, fault });

const shown = (value, unit) => `${unit === 'MiB' ? value.toFixed(0) : value.toFixed(2)} ${unit}`;

function verdictOf({ key, value, reason, fault }) {
  const { budget, held } = budgets[key];
  if (reason !== undefined) return `not measured: ${reason}`;
  if (fault !== undefined) return `over: ${fault}`;
  if (value <= budget) return 'ok';
  return held === undefined ? 'over' : `over; ${value <= held ? 'held at' : 'above the'} ${held}`;
}

/** A budget that is missed today: CI holds the figure where it is, so that it only gets better. */
const isHeld = ({ key, value, fault }) => fault === undefined && value <= (budgets[key].held ?? 0);

const isOver = (one) => verdictOf(one).startsWith('over');

/** Within its budget, or with `held` no further over it than it was. */
const passes = (one, { held }) => !isOver(one) || (held && isHeld(one));

const worth = ({ value }) => value ?? Number.POSITIVE_INFINITY;

/**
 * The figures of a part; those that do not pass are measured again: a busy neighbour of the machine
 * goes away, and what became slower stays slower. The best of up to five times counts; what failed
 * once has failed.
 */
export async function repeated(measurePart, options) {
  let best = await measurePart(options);
  for (let more = 4; more > 0; more--) {
    const over = best.filter((one) => one.fault === undefined && !passes(one, options));
    if (over.length === 0) break;
    console.log(
      `\nmeasured again: ${over.map(({ name, value }) => `${name} ${value.toFixed(2)}`).join(', ')}`,
    );
    const next = await measurePart({ ...options, only: over.map(({ key }) => key) });
    best = best.map((one) => {
      const again = over.includes(one) ? next.find(({ key }) => key === one.key) : undefined;
      return again && worth(again) < worth(one) ? again : one;
    });
  }
  return best;
}

/**
 * Prints a line for each figure; whether all are within their budgets, or with `held` no further
 * over them than they were.
 */
export function report(figures, options) {
  const rows = figures.map((one) => {
    const { budget, goal } = budgets[one.key];
    return {
      figure: one.name,
      value: one.value === undefined ? '-' : shown(one.value, one.unit),
      budget: String(budget),
      goal: goal === undefined ? '-' : String(goal),
      verdict: verdictOf(one),
    };
  });
  const heads = { figure: 'figure', value: 'value', budget: 'budget', goal: 'goal', verdict: '' };
  const widths = Object.fromEntries(
    Object.keys(heads).map((name) => [
      name,
      Math.max(...[heads, ...rows].map((row) => row[name].length)),
    ]),
  );
  const line = (row) =>
    `${row.figure.padEnd(widths.figure)}  ${row.value.padStart(widths.value)}  ${row.budget.padStart(widths.budget)}  ${row.goal.padStart(widths.goal)}  ${row.verdict}`;
  console.log([heads, ...rows].map((row) => line(row).trimEnd()).join('\n'));
  return figures.every((one) => passes(one, options));
}

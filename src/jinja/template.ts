import type { Result } from '../source/result.ts';
import { growingText, type Work } from '../work/work.ts';
import { JinjaError, orJinjaError } from './error.ts';
import { blocksOf } from './lexer.ts';
import { type Print, readBlocks } from './statement.ts';
import type { Roots, Value } from './value.ts';

/** Fills a template in. Throws ProcessingError at the bounds of the work. */
export type Template = (
  context: ReadonlyMap<string, Value>,
  work: Work,
) => Result<string, JinjaError>;

/**
 * The part of Jinja2 that names, filters, compares, chooses (`if`), repeats (`for`) and keeps
 * (`set`); all else is refused. Nothing in a template can reach beyond the values it is given, and
 * what it makes is counted.
 */
export function parseJinja(source: string, roots: Roots): Result<Template, JinjaError> {
  return orJinjaError(() => {
    const print = readBlocks(blocksOf(source), roots);
    return (context, work) => orJinjaError(() => rendered(print, context, work));
  });
}

function rendered(print: Print, context: ReadonlyMap<string, Value>, work: Work): string {
  const text = growingText(work);
  try {
    print({ values: { own: new Map(context), outer: undefined }, work }, { text, rounds: 0 });
  } catch (error) {
    // only calls that follow values into one another have no bound of their own
    if (error instanceof RangeError)
      throw new JinjaError('lists or maps stand too deep in one another');
    throw error;
  }
  return text.text();
}

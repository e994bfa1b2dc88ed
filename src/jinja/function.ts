import type { Work } from '../work/work.ts';
import { refuseLonger } from '../work/work.ts';
import { JinjaError } from './error.ts';
import type { Token } from './lexer.ts';
import type { Value } from './value.ts';

/** What a filter, a method or a test does with a value; arguments by position or by name. */
export interface TemplateFunction {
  /** Names of its arguments behind the value. */
  readonly parameters: readonly string[];
  readonly least: number;
  readonly apply: (work: Work, value: Value, ...args: readonly Value[]) => Value;
}

export const functionOf = (
  apply: TemplateFunction['apply'],
  parameters: readonly string[] = [],
  least = parameters.length,
): TemplateFunction => ({
  parameters,
  least,
  apply,
});

/** Arguments as written: those by position have no name. */
export interface Argument<E> {
  readonly name: Token | undefined;
  readonly value: E;
}

/** Arguments in the order of the parameters; an error where they don't fit. */
export function placed<E>(
  { parameters, least }: TemplateFunction,
  args: readonly Argument<E>[],
  place: Token,
): readonly (E | undefined)[] {
  const found: (E | undefined)[] = [];
  for (const [at, { name, value }] of args.entries()) {
    const to = name ? parameters.indexOf(name.text) : at;
    if (to < 0 || to >= parameters.length || found[to] !== undefined)
      throw otherArguments(name ?? place, place, parameters);
    found[to] = value;
  }
  for (let at = 0; at < least; at++)
    if (found[at] === undefined) throw otherArguments(place, place, parameters);
  return Array.from(found);
}

function otherArguments(
  { start, end }: Token,
  { text }: Token,
  parameters: readonly string[],
): JinjaError {
  const known = parameters.length === 0 ? 'no arguments' : `the arguments ${parameters.join(', ')}`;
  return new JinjaError(`\`${text}\` takes other arguments here: ${known}`, start, end);
}

/** A text that is made of another: to read it counts as well, since little may be left of it. */
export function changedText(work: Work, text: string, change: (text: string) => string): string {
  work.characters(text.length);
  return made(work, change(text));
}

/** A text that a template made, counted. */
export function made(work: Work, text: string): string {
  refuseLonger(work, text.length);
  work.characters(text.length);
  return text;
}

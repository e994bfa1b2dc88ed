import { refuseLonger, type Work } from '../work/work.ts';
import { JinjaError } from './error.ts';
import type { Token } from './lexer.ts';
import type { Value } from './value.ts';

/** A filter, a method or a test. */
export interface TemplateFunction {
  /** Names of its arguments after the value. */
  readonly parameters: readonly string[];
  /** How many of them a call must give. */
  readonly required: number;
  readonly apply: (work: Work, value: Value, ...args: readonly Value[]) => Value;
}

export const functionOf = (
  apply: TemplateFunction['apply'],
  parameters: readonly string[] = [],
  required = parameters.length,
): TemplateFunction => ({
  parameters,
  required,
  apply,
});

/** An argument as written; by position, it has no name. */
export interface Argument<E> {
  readonly name: Token | undefined;
  readonly value: E;
}

/** Arguments in the order of the parameters. Throws {@link JinjaError} where they do not fit. */
export function inParameterOrder<E>(
  { parameters, required }: TemplateFunction,
  args: readonly Argument<E>[],
  called: Token,
): readonly (E | undefined)[] {
  const ordered: (E | undefined)[] = [];
  for (const [at, { name, value }] of args.entries()) {
    const to = name ? parameters.indexOf(name.text) : at;
    if (to < 0 || to >= parameters.length || ordered[to] !== undefined)
      throw otherArguments(name ?? called, called, parameters);
    ordered[to] = value;
  }
  for (let at = 0; at < required; at++)
    if (ordered[at] === undefined) throw otherArguments(called, called, parameters);
  // no holes: missing arguments are undefined
  return Array.from(ordered);
}

function otherArguments(place: Token, { text }: Token, parameters: readonly string[]): JinjaError {
  const known = parameters.length === 0 ? 'no arguments' : `the arguments ${parameters.join(', ')}`;
  return new JinjaError(`\`${text}\` takes other arguments here: ${known}`, place);
}

/** A changed text. Reading counts as well, as little of the text may be left. */
export function changedText(work: Work, text: string, change: (text: string) => string): string {
  work.characters(text.length);
  return countedText(work, change(text));
}

/** A text that a template made, within the bounds of the work. */
export function countedText(work: Work, text: string): string {
  refuseLonger(work, text.length);
  work.characters(text.length);
  return text;
}

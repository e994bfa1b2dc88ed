import { type Compiled, compile, condition } from './compile.ts';
import { RuleSourceError } from './error.ts';
import type { Scope, Type } from './function.ts';
import { parsePipeline, parseRule } from './parse.ts';
import type { PipelineSyntax } from './syntax.ts';

/** A rule that the server accepts. */
export interface ReadRule {
  readonly name: string;
  /** Throws what the server counts as an evaluation error. */
  readonly matches: (scope: Scope) => boolean;
  /** One after the other. */
  readonly actions: readonly ((scope: Scope) => void)[];
}

/** Reads the source of a rule. Throws a `RuleSourceError` where the server's parser refuses it. */
export function readRule(source: string): ReadRule {
  const syntax = parseRule(source);
  const when = whenOf(compile(syntax.condition, new Map()));
  const variables = new Map<string, Type>();
  const actions = syntax.actions.map(({ name, value }) => {
    const { type, run } = compile(value, new Map(variables));
    if (name === undefined) return (scope: Scope) => void run(scope);
    variables.set(name, type);
    return (scope: Scope) => void scope.variables.set(name, run(scope));
  });
  return { name: syntax.name, matches: (scope) => when.run(scope) === true, actions };
}

/** The server takes what is not a condition for false and says nothing; here it is an error. */
function whenOf(compiled: Compiled): Compiled {
  if (!compiled.logical && compiled.type !== 'Boolean')
    throw new RuleSourceError('no condition', `${compiled.type} counts as false`);
  return condition(compiled);
}

export const readPipeline = (source: string): PipelineSyntax => parsePipeline(source);

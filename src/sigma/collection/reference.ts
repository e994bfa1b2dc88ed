import type { DiagnosticBag, NewDiagnostic } from '../../source/diagnostic.ts';
import { didYouMean, nearest } from '../../source/nearest.ts';
import type { Alias, CorrelationRule, RuleReference } from '../correlation/correlation.ts';
import type { Rule } from './collection.ts';
import { ambiguous, type RuleIndex } from './rule-names.ts';

/**
 * Levels of correlations over correlations. More are refused, so that nothing runs out of stack.
 */
const maximumChain = 32;
/** Names that are compared for a hint. */
const maximumNear = 100;

/**
 * The correlation with the references of its aliases resolved; undefined after a diagnostic about
 * references that lead nowhere or in a circle.
 */
export function resolveCorrelation(
  rule: CorrelationRule,
  index: RuleIndex,
  bag: DiagnosticBag,
): CorrelationRule | undefined {
  const resolution: Resolution = { rule, index, targets: new Map(), visited: new Set() };
  const errors = rule.rules.flatMap((reference) => referenceError(resolution, reference) ?? []);
  for (const error of errors) bag.add(rule.file, error);
  if (errors.length > 0) return undefined;
  const given = givenBelow(rule, index);
  if (rule.aliases.length === 0 && given.size === 0) return rule;
  const aliases = rule.aliases.map((alias) => resolvedAlias(resolution, alias, bag));
  return aliases.every((alias) => alias !== undefined)
    ? { ...rule, aliases: withGiven(rule, aliases, given) }
    : undefined;
}

/** A correlation whose references are being resolved. */
interface Resolution {
  readonly rule: CorrelationRule;
  readonly index: RuleIndex;
  /** The rules that are referred to, with the first reference to each. */
  readonly targets: Map<Rule, RuleReference>;
  /** Correlations whose references have been followed. */
  readonly visited: Set<Rule>;
}

/** The aliases that each referenced correlation is grouped by. */
type Given = ReadonlyMap<string, ReadonlySet<string>>;

function givenBelow(rule: CorrelationRule, index: RuleIndex): Given {
  const known = new Map<Rule, ReadonlySet<string>>();
  const givenBy = (from: Rule): ReadonlySet<string> => {
    if (from.kind === 'detection') return none;
    const before = known.get(from);
    if (before) return before;
    // a circle has none
    known.set(from, none);
    const below = from.rules.flatMap(({ name }) => [...givenTo(name, from)]);
    const names = new Set([...below, ...from.aliases.map(({ name }) => name)]);
    const given = new Set(from.groupBy.filter((name) => names.has(name)));
    known.set(from, given);
    return given;
  };
  const givenTo = (name: string, { file }: Rule): ReadonlySet<string> => {
    const target = index.find(name, file);
    return target ? givenBy(target) : none;
  };
  return new Map(
    rule.rules
      .map(({ name }) => [name, givenTo(name, rule)] as const)
      .filter(([, names]) => names.size > 0),
  );
}

const none: ReadonlySet<string> = new Set();

/**
 * Adds aliases that need not be written: a field of a referenced correlation's group has the same
 * name here.
 */
function withGiven(
  rule: CorrelationRule,
  aliases: readonly Alias[],
  given: Given,
): readonly Alias[] {
  if (given.size === 0) return aliases;
  const own = new Set(aliases.map(({ name }) => name));
  const names = new Set([...rule.groupBy, ...rule.valueFields]);
  const unwritten = [...names].filter(
    (name) => !own.has(name) && [...given.values()].some((known) => known.has(name)),
  );
  const all = [
    ...aliases,
    ...unwritten.map(
      (name): Alias => ({
        name,
        fields: new Map(rule.rules.map((reference) => [reference.name, name])),
        references: [],
        span: rule.typeSpan,
      }),
    ),
  ];
  return all.map((alias) => {
    const below = new Set(
      [...alias.fields]
        .filter(([reference, field]) => given.get(reference)?.has(field))
        .map(([reference]) => reference),
    );
    return below.size === 0 ? alias : { ...alias, below };
  });
}

function referenceError(
  resolution: Resolution,
  reference: RuleReference,
): NewDiagnostic | undefined {
  const { rule, index, targets } = resolution;
  const { name } = reference;
  const span = reference;
  const target = index.find(name, rule.file);
  if (!target) {
    const several = index.named(name);
    if (several.length > 1) return ambiguous(reference, several);
    const near = nearest(name, index.namesIn(rule.file).slice(0, maximumNear));
    const hint =
      near === undefined
        ? 'Load the file that defines the rule, correct the name, or fix the errors of that rule.'
        : didYouMean(near);
    return { code: 'SIG051', message: `no rule has the id or name \`${name}\``, span, hint };
  }
  const known = targets.get(target);
  if (known)
    return {
      code: 'SIG050',
      message: `\`${name}\` and \`${known.name}\` are the same rule`,
      span,
      hint: 'Name each rule once.',
    };
  targets.set(target, reference);
  const error = chainError(resolution, name, target, 1);
  return error && { code: 'SIG052', span, ...error };
}

/** Why the chain of correlations that a reference starts can't be followed. */
function chainError(
  resolution: Resolution,
  name: string,
  from: Rule,
  depth: number,
): Pick<NewDiagnostic, 'message' | 'hint'> | undefined {
  const { rule, index, visited } = resolution;
  if (from === rule) return { message: `\`${name}\` leads back to this correlation` };
  if (from.kind === 'detection' || visited.has(from)) return undefined;
  if (depth > maximumChain)
    return {
      message: `\`${name}\` starts a chain of more than ${maximumChain} correlations`,
      hint: 'Shorten the chain.',
    };
  visited.add(from);
  for (const reference of from.rules) {
    const next = index.find(reference.name, from.file);
    const error = next && chainError(resolution, name, next, depth + 1);
    if (error) return error;
  }
  return undefined;
}

/**
 * Resolves an alias. It may refer to a rule by name where the correlation refers to its id, and the
 * other way round.
 */
function resolvedAlias(
  { rule, index, targets }: Resolution,
  alias: Alias,
  bag: DiagnosticBag,
): Alias | undefined {
  const fields = new Map<string, string>();
  for (const span of alias.references) {
    const { name } = span;
    const target = index.find(name, rule.file);
    const reference = target && targets.get(target);
    if (!reference) {
      const hint = `The correlation refers to ${rule.rules
        .slice(0, 10)
        .map((known) => known.name)
        .join(', ')}.`;
      bag.add(rule.file, {
        code: 'SIG050',
        message: `\`${name}\` is not among the rules of this correlation`,
        span,
        hint,
      });
      return undefined;
    }
    fields.set(reference.name, alias.fields.get(name) ?? '');
  }
  const missing = rule.rules.find((reference) => !fields.has(reference.name));
  if (!missing) return { ...alias, fields };
  const message = `alias \`${alias.name}\` names no field for \`${missing.name}\``;
  bag.add(rule.file, {
    code: 'SIG050',
    message,
    span: alias.span,
    hint: 'Give the alias a field for every rule of the correlation.',
  });
  return undefined;
}

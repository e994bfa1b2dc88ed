import { type CompileOptions, createSettler, type SettledRule } from '../../query/compile.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import { itemsOf } from '../../sigma/rule/detection-items.ts';
import { isPlaceholder, type Pattern } from '../../sigma/value/pattern.ts';
import { createBag, type NewDiagnostic } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import { type Filling, isSameFilling } from '../filling.ts';
import type { Pipeline, ProcessingItem } from '../pipeline.ts';
import { filledTests } from '../transformations/placeholder/placeholders.ts';
import { mentionsIn } from './placeholder-left.ts';
import { createProcessor } from './process.ts';

export interface WrittenRulesOptions extends Pick<CompileOptions, 'placeholders' | 'bag'> {
  readonly collection: Collection;
  /** By name of the target. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  /** Targets whose values of placeholders win. */
  readonly targets: readonly string[];
}

/** True where some rule or filter has a placeholder, which pipelines may fill. */
export const hasPlaceholders = ({ rules, filters }: Collection): boolean =>
  [...rules, ...filters].some(
    (rule) =>
      rule.kind !== 'correlation' &&
      rule.detection !== undefined &&
      itemsOf(rule.detection).some(({ modifiers }) =>
        modifiers.some(({ name }) => name === 'expand'),
      ),
  );

/**
 * Settles rules as written: fields keep their names, and placeholders get the values that the
 * pipelines of the targets give them. The function returns undefined after a diagnostic, such as
 * for targets that disagree on a value (PIP006).
 */
export function createWrittenSettler(
  options: WrittenRulesOptions,
): (rule: Rule) => SettledRule | undefined {
  const { collection, placeholders, bag, pipelines, targets } = options;
  const filled = [...pipelines]
    .filter(([, list]) => list.length > 0)
    .map(([target, list]) => ({ target, fillingsOf: createFillingReader(list) }));
  if (filled.length === 0) return createSettler(collection, { placeholders, bag });
  const settle = createSettler(collection, { placeholders, bag, keepPlaceholders: true });
  const groups = [
    filled.filter(({ target }) => targets.includes(target)),
    filled.filter(({ target }) => !targets.includes(target)),
  ];
  const known = new Map<string, GivenValues>();
  const reported = new Set<string>();
  const valuesOf = (rule: Rule, name: string): readonly Pattern[] | undefined => {
    const given = known.get(keyOf(rule, name));
    return given?.ok ? given.value : undefined;
  };
  const fill = createProcessor([fillingPipeline(valuesOf)], { bag });
  return (rule) => {
    const settled = settle(rule);
    const mentions = settled ? [...mentionsIn(settled)] : [];
    if (!settled || mentions.length === 0) return settled;
    for (const { within, name, file, span } of mentions) {
      const key = keyOf(within.rule, name);
      const given = known.get(key) ?? givenBy(groups, within, name);
      known.set(key, given);
      if (given.ok || reported.has(key)) continue;
      bag.add(file, { ...given.error, span });
      reported.add(key);
    }
    return mentions.some(({ within, name }) => reported.has(keyOf(within.rule, name)))
      ? undefined
      : fill(settled);
  };
}

interface FillingSource {
  readonly target: string;
  readonly fillingsOf: (settled: SettledRule) => ReadonlyMap<string, Filling>;
}

/** The values that the targets give a placeholder of a rule; undefined: they give none. */
type GivenValues = Result<readonly Pattern[] | undefined, Omit<NewDiagnostic, 'span'>>;

function givenBy(
  groups: readonly (readonly FillingSource[])[],
  within: SettledRule,
  name: string,
): GivenValues {
  for (const group of groups) {
    const fillings = group.flatMap(({ target, fillingsOf }) => {
      const filling = fillingsOf(within).get(name);
      return filling === undefined ? [] : [{ target, filling }];
    });
    const [first] = fillings;
    if (!first) continue;
    const other = fillings.find(({ filling }) => !isSameFilling(filling, first.filling));
    if (other)
      return differs(
        `placeholder \`%${name}%\` has other values for ${other.target} than for ${first.target}`,
        first.target,
      );
    return valuesIn(first.filling, name, first.target);
  }
  return ok(undefined);
}

function valuesIn(filling: Filling, name: string, target: string): GivenValues {
  switch (filling.kind) {
    case 'values':
      return ok(filling.values);
    case 'various':
      return differs(
        `placeholder \`%${name}%\` has other values at one place than at another for ${target}`,
        target,
      );
    case 'expression':
      return failed({
        code: 'TST004',
        message:
          `the pipelines of ${target} make a part of the query of the placeholder ` +
          `\`%${name}%\`, which no event can be matched with`,
        hint:
          'Give the placeholder values under placeholders: in sigpack.yml ' +
          'to match it with events.',
      });
  }
}

const differs = (message: string, target: string): GivenValues =>
  failed({
    code: 'PIP006',
    message,
    hint: `Name the target whose values are meant: \`-t ${target}\`.`,
  });

/** Runs a target's pipelines over a rule for what they fill in. Their diagnostics are dropped. */
function createFillingReader(pipelines: readonly Pipeline[]): FillingSource['fillingsOf'] {
  const read = new Map<string, ReadonlyMap<string, Filling>>();
  const process = createProcessor(pipelines, {
    bag: createBag(),
    onStep: ({ rule }) => read.set(keyOf(rule.rule), rule.fillings),
  });
  const none = new Map<string, Filling>();
  return (settled) => {
    const key = keyOf(settled.rule);
    if (!read.has(key)) {
      read.set(key, none);
      process(settled);
    }
    return read.get(key) ?? none;
  };
}

/** By its place, as pipelines make new objects of a rule. */
const keyOf = ({ file, span }: Rule, name = ''): string => `${span.start} ${name} ${file.path}`;

/** A pipeline that only fills placeholders. */
function fillingPipeline(
  valuesOf: (rule: Rule, name: string) => readonly Pattern[] | undefined,
): Pipeline {
  const file = { path: '', text: '' };
  const item: ProcessingItem = {
    id: 'fill',
    type: 'fill',
    appliesTo: () => true,
    bySourceOnly: true,
    file,
    span: { start: 0, end: 0 },
    appliesToItem: () => true,
    appliesToField: () => true,
    transformation: {
      kind: 'value',
      fills: true,
      apply: (test, settled, { rule }) => {
        if (test.kind !== 'string') return undefined;
        const values = new Map<string, readonly Pattern[]>();
        for (const { placeholder } of test.pattern.filter(isPlaceholder)) {
          const given = valuesOf(rule, placeholder);
          if (given) values.set(placeholder, given);
        }
        return values.size === 0 ? undefined : filledTests(test, values, settled);
      },
    },
  };
  return {
    name: 'placeholders',
    priority: 0,
    allowedBackends: new Set(),
    vars: new Map(),
    items: [item],
    postprocessing: [],
    finalizers: [],
    file,
  };
}

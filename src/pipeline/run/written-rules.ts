import { type CompileOptions, createSettler, type SettledRule } from '../../query/compile.ts';
import type { Collection, Rule } from '../../sigma/collection/collection.ts';
import { itemsOf } from '../../sigma/rule/detection-items.ts';
import { isPlaceholder, type Pattern } from '../../sigma/value/pattern.ts';
import { createBag, type NewDiagnostic } from '../../source/diagnostic.ts';
import type { Pipeline, ProcessingItem } from '../pipeline.ts';
import { type Filling, isSameFilling } from '../rule-in-process.ts';
import { filledTests } from '../transformations/placeholder/placeholders.ts';
import { mentionsIn } from './placeholder-left.ts';
import { createProcessor } from './process.ts';

export interface WrittenRulesOptions extends Pick<CompileOptions, 'placeholders' | 'bag'> {
  readonly collection: Collection;
  /** By name of the target. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  /** Targets that are asked for the values of placeholders first. */
  readonly targets: readonly string[];
}

/**
 * True where some rule or filter has a placeholder: then pipelines have a say on the rules as they
 * are written.
 */
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
 * Settles rules as they are written: fields keep their names, and placeholders get the values that
 * the pipelines of the targets give them. The function returns undefined where a rule has been
 * reported, also where targets disagree on a value (PIP006).
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
  const known = new Map<string, Given>();
  const reported = new Set<string>();
  const fill = createProcessor(
    [fillingPipeline((rule, name) => known.get(keyOf(rule, name))?.values)],
    { bag },
  );
  return (rule) => {
    const settled = settle(rule);
    const mentions = settled ? [...mentionsIn(settled)] : [];
    if (!settled || mentions.length === 0) return settled;
    for (const { within, name, file, span } of mentions) {
      const key = keyOf(within.rule, name);
      if (!known.has(key)) known.set(key, givenBy(groups, within, name));
      const diagnostic = known.get(key)?.diagnostic;
      if (diagnostic && !reported.has(key)) bag.add(file, { ...diagnostic, span });
      if (diagnostic) reported.add(key);
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

/** What the targets give for a placeholder of a rule; neither: nothing. */
interface Given {
  readonly values?: readonly Pattern[];
  readonly diagnostic?: Omit<NewDiagnostic, 'span'>;
}

function givenBy(
  groups: readonly (readonly FillingSource[])[],
  within: SettledRule,
  name: string,
): Given {
  for (const group of groups) {
    const found = group.flatMap(({ target, fillingsOf }) => {
      const filling = fillingsOf(within).get(name);
      return filling === undefined ? [] : [{ target, filling }];
    });
    const [first] = found;
    if (!first) continue;
    const other = found.find(({ filling }) => !isSameFilling(filling, first.filling));
    if (other)
      return differs(
        `placeholder \`%${name}%\` has other values for ${other.target} than for ${first.target}`,
        first.target,
      );
    const { filling, target } = first;
    if (filling === 'several')
      return differs(
        `placeholder \`%${name}%\` has other values at one place than at another for ${target}`,
        target,
      );
    if (filling !== 'expression') return { values: filling };
    const message =
      `the pipelines of ${target} make a part of the query of the placeholder \`%${name}%\`, ` +
      'which no event can be matched with';
    return {
      diagnostic: {
        code: 'TST004',
        message,
        hint:
          'Give the placeholder values under placeholders: in sigpack.yml to match it with ' +
          'events.',
      },
    };
  }
  return {};
}

const differs = (message: string, target: string): Given => ({
  diagnostic: {
    code: 'PIP006',
    message,
    hint: `Name the target whose values are meant: \`-t ${target}\`.`,
  },
});

/**
 * Runs a target's pipelines over a rule for what they fill in; what they cannot process is for
 * those to hear who build for the target.
 */
function createFillingReader(pipelines: readonly Pipeline[]): FillingSource['fillingsOf'] {
  const read = new Map<string, ReadonlyMap<string, Filling>>();
  const process = createProcessor(pipelines, {
    bag: createBag(),
    onStep: ({ rule }) => read.set(keyOf(rule.rule), rule.filled),
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

/** A rule by its place: pipelines make new objects of it. */
const keyOf = ({ file, span }: Rule, name = ''): string => `${span.start} ${name} ${file.path}`;

/** A pipeline that does nothing but fill placeholders. */
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

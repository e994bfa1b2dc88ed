import { settleDetection } from '../../query/normalize.ts';
import type { SettledBody } from '../../query/settled.ts';
import { readDetection } from '../../sigma/rule/detection-reader.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import { createBag, type Diagnostic, isFatal } from '../../source/diagnostic.ts';
import type { SourceFile } from '../../source/span.ts';
import {
  lookup,
  type YamlMapping,
  type YamlNode,
  type YamlScalar,
} from '../../source/yaml/tree.ts';
import { ProcessingFailure } from '../../work/processing-failure.ts';
import {
  type PipelineEnvironment,
  PipelineError,
  type TransformationDefinition,
} from '../definition.ts';
import type { RuleTransformation } from '../pipeline.ts';
import { withSelection } from './added-selection.ts';
import { filledIn } from './log-source-template.ts';

export const addConditionDefinitions = {
  add_condition: {
    parameters: {
      conditions: {
        type: ['object', 'array'],
        description:
          'What must hold beside the rule, as in a selection of a rule: fields with values.',
      },
      name: { type: 'string', minLength: 1, description: 'What the selection is called.' },
      template: {
        type: 'boolean',
        default: false,
        description: 'True: $category, $product and $service stand for the log source of the rule.',
      },
      negated: {
        type: 'boolean',
        default: false,
        description: 'True: the conditions must not hold.',
      },
    },
    required: ['conditions'],
    create: createAddition,
  },
} satisfies Readonly<Record<string, TransformationDefinition>>;

function createAddition(item: YamlMapping, { file }: PipelineEnvironment): RuleTransformation {
  const conditions = lookup(item, 'conditions') ?? item;
  const template = isTrue(item, 'template');
  const negated = isTrue(item, 'negated');
  const name = textOf(item, 'name') ?? 'added';
  const id = textOf(item, 'id');
  const body = settledConditions(file, conditions, id);
  if (body.kind === 'error')
    throw new PipelineError(body.reason.message, body.reason.span, body.reason.hint);
  const bodyOf = template ? createFiller(file, conditions, id) : () => body;
  return {
    kind: 'rule',
    apply: (process) => {
      const [own, ...filters] = process.parts;
      if (process.rule.kind !== 'detection' || !own) return;
      process.work.entries(own.searches.size);
      process.parts = [
        withSelection(own, { name, body: bodyOf(process.rule.logsource), negated }),
        ...filters,
      ];
    },
  };
}

const isTrue = (item: YamlMapping, key: string): boolean => {
  const node = lookup(item, key);
  return node?.kind === 'scalar' && node.value === true;
};

function textOf(item: YamlMapping, key: string): string | undefined {
  const node = lookup(item, key);
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

/** Fills each log source in once: rules share a few. */
function createFiller(
  file: SourceFile,
  conditions: YamlNode,
  id: string | undefined,
): (source: LogSource) => SettledBody {
  const known = new Map<string, SettledBody>();
  return (source) => {
    const key = JSON.stringify([source.category, source.product, source.service]);
    const before = known.get(key);
    if (before) return before;
    const filled = filledIn(conditions, source);
    if ('message' in filled)
      throw new ProcessingFailure(
        filled.message,
        undefined,
        'Give the processing item a rule condition of type logsource.',
      );
    const body = settledConditions(file, filled, id);
    if (body.kind === 'error')
      throw new ProcessingFailure(
        body.reason.message,
        { file, span: body.reason.span },
        body.reason.hint,
      );
    known.set(key, body);
    return body;
  };
}

/**
 * Read as a selection of a rule is, with places in the pipeline's file. Placeholders stay for later
 * items to fill.
 */
function settledConditions(
  file: SourceFile,
  conditions: YamlNode,
  id: string | undefined,
): SettledBody | { readonly kind: 'error'; readonly reason: Diagnostic } {
  const bag = createBag();
  const detection = readDetection({ file, bag }, selectionOf(conditions));
  const settled =
    detection &&
    settleDetection({ file, bag, placeholders: new Map(), keepPlaceholders: true }, detection);
  const reason = bag.list.find(isFatal);
  if (reason) return { kind: 'error', reason };
  const body = settled?.searches.get('added')?.body;
  if (!body) throw new Error('a selection without an error was not settled');
  return id === undefined ? body : marked(body, new Set([id]));
}

/** `{ added: <conditions>, condition: added }`, all of it where the conditions stand. */
function selectionOf(conditions: YamlNode): YamlMapping {
  const { start, end } = conditions;
  const scalar = (text: string): YamlScalar => ({
    kind: 'scalar',
    value: text,
    text,
    plain: true,
    start,
    end,
  });
  return {
    kind: 'mapping',
    pairs: [
      { key: scalar('added'), value: conditions },
      { key: scalar('condition'), value: scalar('added') },
    ],
    start,
    end,
  };
}

/** Later items can tell by the id what this one added. */
function marked(body: SettledBody, applied: ReadonlySet<string>): SettledBody {
  return body.kind === 'item'
    ? { ...body, applied }
    : { ...body, entries: body.entries.map((entry) => marked(entry, applied)) };
}

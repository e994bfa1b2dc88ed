import { settleDetection } from '../../query/normalize.ts';
import type { SettledBody } from '../../query/settled.ts';
import { readDetection } from '../../sigma/rule/detection-reader.ts';
import type { LogSource } from '../../sigma/rule/rule.ts';
import { createBag, type Diagnostic, isFatal } from '../../source/diagnostic.ts';
import { failed, ok, type Result } from '../../source/result.ts';
import type { SourceFile } from '../../source/span.ts';
import type { YamlMapping, YamlNode, YamlScalar } from '../../source/yaml/tree.ts';
import { ProcessingError } from '../../work/processing-error.ts';
import { markedWith } from '../applied-ids.ts';
import type { PipelineEnvironment, TransformationDefinition } from '../definition.ts';
import { isTrue, placeOf, textOf } from '../parameters.ts';
import type { RuleTransformation } from '../pipeline.ts';
import { PipelineError } from '../pipeline-error.ts';
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
  const conditions = placeOf(item, 'conditions');
  const negated = isTrue(item, 'negated');
  const name = textOf(item, 'name') ?? 'added';
  const id = textOf(item, 'id');
  const body = settledConditions(file, conditions, id);
  if (!body.ok) throw new PipelineError(body.error.message, body.error.span, body.error.hint);
  const bodyOf = isTrue(item, 'template') ? createFiller(file, conditions, id) : () => body.value;
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

/** Fills each log source in once, as rules share a few. */
function createFiller(
  file: SourceFile,
  conditions: YamlNode,
  id: string | undefined,
): (source: LogSource) => SettledBody {
  const known = new Map<string, SettledBody>();
  const filledBody = (source: LogSource): SettledBody => {
    const filled = filledIn(conditions, source);
    if (!filled.ok)
      throw new ProcessingError(
        filled.error,
        undefined,
        'Give the processing item a rule condition of type logsource.',
      );
    const body = settledConditions(file, filled.value, id);
    if (body.ok) return body.value;
    const { message, span, hint } = body.error;
    throw new ProcessingError(message, { file, span }, hint);
  };
  return (source) => {
    const key = JSON.stringify([source.category, source.product, source.service]);
    const body = known.get(key) ?? filledBody(source);
    known.set(key, body);
    return body;
  };
}

/**
 * Conditions read as a selection of a rule, with places in the pipeline's file. Placeholders stay
 * for later items to fill. The error is the first fatal diagnostic.
 */
function settledConditions(
  file: SourceFile,
  conditions: YamlNode,
  id: string | undefined,
): Result<SettledBody, Diagnostic> {
  const bag = createBag();
  const detection = readDetection({ file, bag }, selectionOf(conditions));
  const settled =
    detection &&
    settleDetection({ file, bag, placeholders: new Map(), keepPlaceholders: true }, detection);
  const error = bag.list.find(isFatal);
  if (error) return failed(error);
  const body = settled?.searches.get('added')?.body;
  if (!body) throw new Error('a selection without an error was not settled');
  return ok(id === undefined ? body : markedWith(body, id));
}

/** `{ added: <conditions>, condition: added }`, all of it at the place of the conditions. */
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

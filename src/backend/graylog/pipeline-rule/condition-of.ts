import {
  assertNever,
  type Item,
  type Query,
  type StringTest,
  type Test,
} from '../../../query/tree.ts';
import { foldCase } from '../../../regex/letter-case.ts';
import { requiredPattern } from '../../../regex/literal.ts';
import { parseRegex } from '../../../regex/regex.ts';
import { ANY, joinParts, openLiteral, type Pattern } from '../../../sigma/value/pattern.ts';
import { diagnosticAt, Refusal, refused, type TargetDiagnostic } from '../../backend.ts';
import { type DatePartTest, datePartRegex } from '../../date-part.ts';
import type { Condition, LiteralLeaf, RegexLeaf, Spelling } from './condition.ts';
import { always, combined, negated, never } from './constant.ts';
import { mayFindNothing } from './finds-nothing.ts';
import { foldsAlike } from './folding.ts';
import { javaRegex, patternRegex } from './java-regex.ts';
import { neededLiterals } from './needed-literals.ts';
import { networkCondition } from './network-condition.ts';
import { isFieldName } from './text.ts';

export interface ConditionContext {
  /** Fields that keywords are searched in, besides those that every input fills. */
  readonly keywordFields: readonly string[];
  /** Where to note what a reader of the rule should know. */
  readonly diagnostics: TargetDiagnostic[];
}

/** Throws {@link Refusal} for what the rule language can't express. */
export const conditionOf = (query: Query, context: ConditionContext): Condition =>
  nodeCondition(query, context, false);

function nodeCondition(query: Query, context: ConditionContext, isNegated: boolean): Condition {
  switch (query.kind) {
    case 'and':
    case 'or':
      return combined(
        query.kind,
        query.operands.map((operand) => nodeCondition(operand, context, isNegated)),
      );
    case 'not':
      return negated(nodeCondition(query.operand, context, !isNegated));
    case 'item':
      return query.field === undefined
        ? keywordCondition(query, context)
        : fieldCondition(query, query.field, context, isNegated);
    default:
      return assertNever(query);
  }
}

function fieldCondition(
  item: Item,
  field: string,
  context: ConditionContext,
  isNegated: boolean,
): Condition {
  const { test } = item;
  // messages drop other fields
  if (!isFieldName(field)) return test.kind === 'null' ? always : never;
  switch (test.kind) {
    case 'null':
      return negated({ kind: 'present', field });
    case 'exists':
      return { kind: 'present', field };
    case 'string':
      return test.pattern.length === 0
        ? emptyCondition(item, field, context, isNegated)
        : patternCondition(field, test.pattern, test.cased);
    case 'field':
      return isFieldName(test.other)
        ? {
            kind: 'related',
            field,
            other: test.other,
            relation: test.relation,
            spelling: test.cased ? 'written' : 'folded',
          }
        : never;
    case 'expression':
      throw refused(
        item,
        'a pipeline wrote this part in the language of searches, which pipeline rules do not have',
        'Leave the rule out, or write the part as a condition of the pipeline.',
      );
    default:
      return valueCondition(item, field, test);
  }
}

/** Graylog stores no empty text: a field with one is missing. */
function emptyCondition(
  item: Item,
  field: string,
  { diagnostics }: ConditionContext,
  isNegated: boolean,
): Condition {
  if (isNegated) return never;
  const message = `Graylog stores no empty text, so events without \`${field}\` match too`;
  diagnostics.push(diagnosticAt('TGT002', item, message));
  return negated({ kind: 'present', field });
}

function valueCondition(
  item: Item,
  field: string,
  test: Exclude<Test, { kind: 'null' | 'exists' | 'string' | 'field' | 'expression' }>,
): Condition {
  switch (test.kind) {
    case 'number':
    case 'boolean':
      return literal(field, 'folded', 'whole', String(test.value));
    case 'regex':
      return regexCondition(item, field, test);
    case 'cidr':
      return networkCondition(field, test);
    case 'compare':
      return { kind: 'number', field, operator: test.operator, value: test.value };
    case 'time':
      if (test.part === 'week')
        throw refused(
          item,
          "Graylog's pipeline rules have no test for the week of a date",
          'Leave the rule out for Graylog, or store that part in a field of its own.',
        );
      return dateCondition(field, { ...test, part: test.part });
    default:
      return assertNever(test);
  }
}

function dateCondition(field: string, test: DatePartTest): Condition {
  const date = datePartRegex(test);
  if (date === undefined) return never;
  const pattern = `\\A${date}`;
  return { kind: 'regex', field, spelling: 'written', pattern, needs: [], deep: false };
}

/** A pattern over the whole value of a field. */
function patternCondition(field: string, pattern: Pattern, cased: StringTest['cased']): Condition {
  if (pattern.length === 1 && pattern[0] === ANY) return { kind: 'present', field };
  const folded = !cased && pattern.every((part) => typeof part !== 'string' || foldsAlike(part));
  const spelling: Spelling = folded ? 'folded' : 'written';
  const open = cased || folded ? openLiteral(pattern) : undefined;
  if (!open) {
    const regex = patternRegex(pattern, cased || folded, folded);
    const needs = neededLiterals(field, pattern);
    return { kind: 'regex', field, spelling, pattern: regex, needs, deep: false };
  }
  const at = ({ none: 'whole', end: 'start', start: 'end', both: 'inside' } as const)[open.open];
  return literal(field, spelling, at, folded ? foldCase(open.text) : open.text);
}

const literal = (
  field: string,
  spelling: Spelling,
  at: LiteralLeaf['at'],
  text: string,
): LiteralLeaf => ({ kind: 'literal', field, spelling, at, text });

function regexCondition(
  item: Item,
  field: string,
  test: Extract<Test, { kind: 'regex' }>,
): Condition {
  const parsed = parseRegex(test.source, test);
  if (!parsed.ok)
    throw refused(item, `invalid regular expression: ${parsed.error.message}`, 'Fix the pattern.');
  try {
    const { node } = parsed.value;
    const needs = neededLiterals(field, requiredPattern(node));
    const leaf: RegexLeaf = { kind: 'regex', field, needs, ...javaRegex(node) };
    return mayFindNothing(node) ? combined('and', [leaf, { kind: 'present', field }]) : leaf;
  } catch (error) {
    if (!(error instanceof Refusal) || error.diagnostic) throw error;
    throw refused(
      item,
      `Graylog's pipeline rules can't have this regular expression: ${error.message}`,
      'Rewrite the pattern without it, or leave the rule out for Graylog.',
    );
  }
}

const everyInput = ['message', 'full_message'];

/** A rule can't walk all fields of a message: keywords are searched in those that are named. */
function keywordCondition(item: Item, { keywordFields, diagnostics }: ConditionContext): Condition {
  const { test } = item;
  if (test.kind !== 'string' && test.kind !== 'number' && test.kind !== 'regex')
    throw refused(
      item,
      `Graylog can search the whole event for texts only, not for a ${test.kind}`,
      'Name the field.',
    );
  const fields = [...new Set([...everyInput, ...keywordFields])].filter(isFieldName);
  const message =
    `keywords are searched in ${fields.map((field) => `\`${field}\``).join(', ')}, since ` +
    'pipeline rules can’t search all fields';
  const hint = 'Name further fields under graylog.keywordFields.';
  diagnostics.push(diagnosticAt('TGT003', item, message, hint));
  return combined(
    'or',
    fields.map((field): Condition => {
      if (test.kind === 'regex') return regexCondition(item, field, test);
      const pattern = test.kind === 'string' ? test.pattern : [String(test.value)];
      return patternCondition(
        field,
        joinParts([ANY, ...pattern, ANY]),
        test.kind === 'string' && test.cased,
      );
    }),
  );
}

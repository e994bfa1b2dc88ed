import type { Condition } from '../pipeline-rule/condition.ts';

/** Fields that every message has. */
const ofEachMessage: ReadonlySet<string> = new Set([
  '_id',
  'gl2_source_input',
  'message',
  'source',
  'streams',
  'timestamp',
]);

/**
 * The fewest fields of which a message has one if the condition holds; undefined where the
 * condition may hold for a message without any field of its own.
 */
export function neededFields(condition: Condition): readonly string[] | undefined {
  switch (condition.kind) {
    case 'and':
      return condition.operands
        .flatMap((operand) => {
          const fields = neededFields(operand);
          return fields ? [fields] : [];
        })
        .reduce<readonly string[] | undefined>(
          (best, fields) => (best === undefined || isBetter(fields, best) ? fields : best),
          undefined,
        );
    case 'or': {
      const all = new Set<string>();
      for (const operand of condition.operands) {
        const fields = neededFields(operand);
        if (fields === undefined) return undefined;
        for (const field of fields) all.add(field);
      }
      return [...all].sort();
    }
    case 'not':
      return undefined;
    default:
      return ofEachMessage.has(condition.field) ? undefined : [condition.field];
  }
}

/** Fewer, else the first in a fixed order. */
const isBetter = (fields: readonly string[], best: readonly string[]): boolean =>
  fields.length < best.length || (fields.length === best.length && fields.join() < best.join());

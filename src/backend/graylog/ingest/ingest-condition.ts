import type { Query } from '../../../query/tree.ts';
import { type Conversion, converted, type Place, refused } from '../../backend.ts';
import type { Condition } from '../pipeline-rule/condition.ts';
import { conditionOf } from '../pipeline-rule/condition-of.ts';
import { constantOf } from '../pipeline-rule/constant.ts';
import type { GraylogOptions } from '../settings.ts';

/**
 * When a rule hits a message at ingest. `place`: what a refusal of the query as a whole points at.
 * Refused are what the rule language can't express, and conditions that are the same for every
 * message.
 */
export function ingestCondition(
  query: Query,
  place: Place,
  { keywordFields }: Pick<GraylogOptions, 'keywordFields'>,
): Conversion<Condition> {
  return converted((diagnostics) => {
    const condition = conditionOf(query, { keywordFields, diagnostics });
    const constant = constantOf(condition);
    if (constant === undefined) return condition;
    throw refused(
      place,
      constant
        ? 'every message of Graylog fulfils the condition'
        : 'no message of Graylog can fulfil the condition: fields with such a name or value are ' +
            'never stored',
      'Name fields and values that messages can have.',
    );
  });
}

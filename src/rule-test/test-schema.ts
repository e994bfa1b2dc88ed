import type { JsonSchema } from '../source/schema/json-schema.ts';

const ruleReference: JsonSchema = {
  type: 'string',
  minLength: 1,
  description:
    'The rule: its id, its name, or its path relative to this file. ' +
    'Without it, the rule that the test file is named after.',
};

/** The JSON Schema of `<rule>.test.yml`; docs/rule-tests.schema.json has the same content. */
export const testSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Tests of a Sigma rule',
  type: 'object',
  additionalProperties: false,
  required: ['tests'],
  properties: {
    rule: ruleReference,
    tests: {
      type: 'array',
      minItems: 1,
      items: { $ref: '#/$defs/case' },
      description: 'A list of cases, each with `name`, `match` and its events.',
    },
  },
  $defs: {
    case: {
      type: 'object',
      additionalProperties: false,
      required: ['name'],
      properties: {
        name: { type: 'string', minLength: 1, description: 'What the case shows, in a few words.' },
        rule: ruleReference,
        match: {
          type: ['boolean', 'integer'],
          minimum: 0,
          description:
            'true: every event matches (a correlation fires); false: none does; ' +
            'a number: as many matches.',
        },
        expect: {
          enum: ['match', 'no_match'],
          description: 'As detkit writes it: match is `match: true`, no_match is `match: false`.',
        },
        event: { type: 'object', description: 'One event: a map of fields and values.' },
        events: {
          type: 'array',
          minItems: 1,
          items: { anyOf: [{ $ref: '#/$defs/timed' }, { type: 'object' }] },
          description: 'Several events. For correlations with times: `{ at: 5m, event: {...} }`.',
        },
        file: {
          type: 'string',
          minLength: 1,
          description: 'A file of events, relative to this file.',
        },
      },
    },
    timed: {
      type: 'object',
      additionalProperties: false,
      required: ['event'],
      properties: {
        at: {
          type: 'string',
          description:
            'When it happens: `0s`, `90s`, `5m`, `1h30m` after the start, or an ISO 8601 date.',
        },
        event: { type: 'object', description: 'The event: a map of fields and values.' },
        times: {
          type: 'integer',
          minimum: 1,
          maximum: 10_000,
          description: 'How often it happens.',
        },
        every: { type: 'string', description: 'The time between two of them; default `1s`.' },
      },
    },
  },
};

import { levels, statuses } from '../../sigma/rule/rule.ts';
import { recordOf } from '../../source/record.ts';
import type { FromSchema } from '../../source/schema/from-schema.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { list, map, text } from '../../source/schema/schema-builder.ts';
import { threatObjectTypes } from '../alert/fields.ts';

const fieldName = text('A field name.', { maxLength: 200, pattern: '^[^\\p{Cc}]+$' });
const level = (description: string) => ({ $ref: '#/$defs/level', description }) as const;
/** A duration; settings and configuration use the same form. */
export const duration = (description: string, more: Pick<JsonSchema, 'default'> = {}) =>
  ({ $ref: '#/$defs/duration', description, ...more }) as const;

const typedFields = <const Type extends string>(
  description: string,
  one: string,
  types: readonly Type[],
  more: Pick<JsonSchema, 'minItems' | 'maxItems'>,
) =>
  list(
    map({ field: fieldName, type: { enum: types, description: 'What the field names.' } }, one, [
      'field',
      'type',
    ]),
    description,
    more,
  );
/** More would not make alerts more distinct, and each is part of every key and search. */
const mostEntities = 10;
const entityTypes = ['user', 'system', 'other'] as const;

const splunk = map(
  {
    results: {
      enum: ['entity', 'raw'],
      description:
        'What a result of the search is: all events of a run with the same entities, or one event.',
      default: 'entity',
    },
    output: {
      enum: ['finding', 'intermediate-finding'],
      description:
        'What Enterprise Security gets. finding: what an analyst triages (a notable), with the ' +
        'risk of its entity. intermediate-finding: risk alone. Default: finding for high and ' +
        'critical of the statuses stable and test, else intermediate-finding.',
    },
    securityDomain: {
      enum: ['access', 'endpoint', 'network', 'threat', 'identity', 'audit'],
      description:
        'Security domain in Enterprise Security. Default: from the log source, else threat.',
    },
    savedsearch: {
      type: 'object',
      description: 'Any key of savedsearches.conf but search.',
      propertyNames: {
        pattern: '^(?!search$)[A-Za-z_][A-Za-z0-9_.:-]*$',
        description: 'A key of savedsearches.conf, but search: that is compiled.',
      },
      additionalProperties: {
        type: ['string', 'number', 'boolean'],
        description: 'Its value; true and false are written as 1 and 0.',
      },
    },
  },
  'Splunk only.',
);

const graylog = map(
  {
    keyFields: list(
      {
        type: 'string',
        pattern: '^[A-Za-z0-9_.@-]+$',
        description: 'A field name of letters, digits and . - _ @',
      },
      'Fields of the message that become fields and keys of the event. Default: the entities, ' +
        'or the fields of suppress.',
      { maxItems: mostEntities, default: [] },
    ),
    remediation: {
      type: 'string',
      description: 'Remediation steps, Markdown, in place of the common ones.',
    },
    streams: list(
      text('The title of an existing stream.'),
      'Titles of existing streams to search. Empty: what the configuration says under graylog.',
    ),
  },
  'Graylog only.',
);

const suppress = map(
  {
    fields: list(
      fieldName,
      'Fields; an empty list: one alert for all. Default: those of the entities.',
      { maxItems: mostEntities },
    ),
    period: duration('How long; 0 turns suppression off. Default: from the log source, mostly 1h.'),
  },
  'No second alert for the same values of these fields during the period.',
);

const risk = map(
  {
    score: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      description: 'Risk score, 0 to 100. Default: from the severity.',
    },
    objects: typedFields(
      'Fields that name who or what is at risk. Default: the entities.',
      'A risk object: `{ field: User, type: user }`.',
      entityTypes,
      { maxItems: mostEntities },
    ),
  },
  'Enterprise Security risk.',
);

const settings = map(
  {
    name: text('Name in the packs in place of the rule’s title; one line.', {
      maxLength: 99,
      pattern: '^[^\\p{Cc}]*\\S[^\\p{Cc}]*$',
    }),
    owner: text('Who answers for the detection; one line.'),
    remediation: {
      type: 'string',
      description:
        'What to do about an alert, Markdown: remediation steps in Graylog, next steps in ' +
        'Enterprise Security.',
    },
    enabled: {
      type: 'boolean',
      description: 'Switched on at installation or not, whatever `enable` says.',
    },
    severity: level('Severity in the packs in place of the rule’s level.'),
    interval: duration('Time between runs, 60s to 1d.', { default: '15m' }),
    cron: {
      type: 'string',
      pattern: '^[0-9*/,-]+(?: [0-9*/,-]+){4}$',
      description:
        'A cron expression of five fields in place of the one made from interval; in Graylog ' +
        'from server 6.1 on.',
    },
    window: duration(
      'How far back a run looks beyond delay; at least interval, raised to it where it is ' +
        'less. Default: interval. In Splunk a correlation looks back over its timespan as well.',
    ),
    delay: duration('Time left for late events to be indexed, 0 to 1d.', { default: '10m' }),
    threshold: {
      type: 'integer',
      minimum: 1,
      maximum: 1000000,
      description: 'Events in a window that it takes to alert.',
      default: 1,
    },
    entities: typedFields(
      'Who or what an alert is about, the most important one first. Default: from the log source.',
      'An entity: `{ field: Computer, type: system }`.',
      entityTypes,
      { minItems: 1, maxItems: mostEntities },
    ),
    threatObjects: typedFields(
      'What an alert on the entities is because of. Default: from the log source.',
      'A threat object: `{ field: Image, type: process }`.',
      threatObjectTypes,
      { maxItems: 20 },
    ),
    alertFields: list(
      fieldName,
      'Fields that an alert shows beside entities and threat objects. Default: from the log ' +
        'source, and those that the rule asks for.',
      { maxItems: 30 },
    ),
    suppress,
    risk,
    splunk,
    graylog,
  },
  'Settings of a detection.',
);

/** Hints for keys that settings and the configuration once had, by the end of their paths. */
export const retiredSettings: ReadonlyMap<string, string> = new Map([
  [
    'splunk.notable',
    'Write `output: finding` in place of `notable: true`, and `output: intermediate-finding` ' +
      'in place of `notable: false`.',
  ],
  [
    'splunk.risk',
    'Write `output: intermediate-finding` for risk alone. A finding carries the risk of its ' +
      'entity: `risk: true` beside it counted twice.',
  ],
  [
    'splunk.namePrefix',
    'Write `namePrefix` at the top of sigpack.yml: it is for the names in all packs. Names ' +
      'that are published stay.',
  ],
]);

/** Definitions that `sigpack:` of a rule and the configuration share. */
export const settingsDefinitions = {
  settings,
  level: { enum: levels, description: 'A level of the Sigma specification.' },
  status: { enum: statuses, description: 'A status of the Sigma specification.' },
  duration: {
    description: 'Seconds, or a number with s, m, h or d: 90s, 15m, 1h, 1d.',
    anyOf: [
      { type: 'integer', minimum: 0 },
      { type: 'string', pattern: '^(?:0|[1-9][0-9]{0,8})[smhd]$' },
    ],
  },
  logsource: map(
    recordOf(['category', 'product', 'service'], (key) => ({
      type: 'string',
      minLength: 1,
      description: `The ${key} of the rule’s log source.`,
    })),
    'Log sources; every key given must be the same in the rule.',
  ),
} as const satisfies Readonly<Record<string, JsonSchema>>;

/** The JSON Schema of the attribute `sigpack:` of a rule. */
export const settingsSchema = {
  $ref: '#/$defs/settings',
  $defs: settingsDefinitions,
} as const satisfies JsonSchema;

/** The type of what fits a schema that refers to the definitions of the settings. */
export type FromSettings<S> = FromSchema<S, typeof settingsSchema>;

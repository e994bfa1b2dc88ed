import { keysOf } from '../../source/record.ts';
import type { JsonSchema } from '../../source/schema/json-schema.ts';
import { list, map, text } from '../../source/schema/schema-builder.ts';
import type { FromSettings } from '../settings/schema.ts';
import { type Enabling, enablePresets, type Selection } from '../settings/selection.ts';

const level = { $ref: '#/$defs/level' } as const;
const status = { $ref: '#/$defs/status' } as const;
const tag = text('A tag as rules write it; a * at its end stands for any rest: attack.t1059*');
const ruleId = text('The id of a rule.');

export const selectSchema = map(
  {
    levels: list(level, 'Only rules of these levels; a rule without a level counts as medium.'),
    minimumLevel: { ...level, description: 'Only rules of this level and above.' },
    statuses: list(status, 'Only rules of these statuses.'),
    tags: list(tag, 'Only rules with one of these tags.'),
    excludeTags: list(tag, 'No rule with one of these tags.'),
    logsources: list(
      { $ref: '#/$defs/logsource' },
      'Only rules whose log source has one of these; a correlation needs one log source of ' +
        'its rules to fit.',
    ),
    ids: list(ruleId, 'Only rules with these ids.'),
    excludeIds: list(ruleId, 'No rule with one of these ids.'),
  },
  'Which of the rules go into the packs. All of the keys given must hold. Rules left out can ' +
    'still be referred to by correlations.',
);

const enableMap = map(
  {
    statuses: list(
      status,
      'Statuses whose detections are enabled; a rule without a status is not.',
      { default: ['stable', 'test'] },
    ),
    levels: list(
      level,
      'Levels whose detections are enabled; all where the key is missing. A rule without a ' +
        'level counts as medium.',
    ),
    tags: list(
      tag,
      'Tags of which an enabled detection has at least one; no matter where the key is missing.',
    ),
  },
  'Which detections are switched on when the packs are installed. `enabled` in settings ' +
    'overrides it.',
);

export const enableSchema = {
  description:
    'Which detections are switched on when the packs are installed: a preset, or a map of ' +
    'what they must have. `enabled` in settings overrides it.',
  default: 'all-but-experimental',
  anyOf: [
    {
      type: 'string',
      enum: keysOf(enablePresets),
      description:
        'nothing: none. high-and-stable: levels high and critical with the status stable. ' +
        'all-but-experimental: statuses stable and test.',
    },
    enableMap,
  ],
} as const satisfies JsonSchema;

const lowerCase = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => text.toLowerCase());

export function selectionConfig({
  tags,
  excludeTags,
  ids,
  excludeIds,
  ...rest
}: FromSettings<typeof selectSchema> = {}): Selection {
  return {
    ...rest,
    ...(tags ? { tags: lowerCase(tags) } : {}),
    ...(excludeTags ? { excludeTags: lowerCase(excludeTags) } : {}),
    ...(ids ? { ids: new Set(lowerCase(ids)) } : {}),
    ...(excludeIds ? { excludeIds: new Set(lowerCase(excludeIds)) } : {}),
  };
}

export function enablingConfig(enable: FromSettings<typeof enableSchema> = {}): Enabling {
  if (typeof enable === 'string') return enablePresets[enable];
  const { tags } = enable;
  return {
    ...enablePresets['all-but-experimental'],
    ...enable,
    ...(tags ? { tags: lowerCase(tags) } : {}),
  };
}

import type { FromSchema } from '../../source/schema/from-schema.ts';
import { map } from '../../source/schema/schema-builder.ts';

export const grepSchema = map(
  {
    lines: {
      enum: ['json', 'plain'],
      default: 'json',
      description:
        'json: one event per line as compact JSON, backslashes doubled and quotes escaped. ' +
        'plain: the text of an event as it is.',
    },
  },
  'The commands of grep.',
);

/** The target grep: how the lines that it searches are written. */
export type GrepSettings = Required<FromSchema<typeof grepSchema>>;

export const grepDefaults: GrepSettings = { lines: 'json' };

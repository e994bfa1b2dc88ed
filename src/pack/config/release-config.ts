import { keysOf, recordOf } from '../../source/record.ts';
import type { FromSchema } from '../../source/schema/from-schema.ts';
import { map, text } from '../../source/schema/schema-builder.ts';

export const bumps = ['patch', 'minor', 'major'] as const;
export type Bump = (typeof bumps)[number];

/**
 * What part of the version each kind of change raises: Semantic Versioning for detections. What
 * breaks an admin's work is major, what finds other events is minor.
 */
const reasons = {
  removed: ['major', 'A detection is gone.'],
  name: ['major', 'The published name of a detection changed (sigpack release --rename).'],
  parameter: [
    'major',
    'A macro or parameter that an admin sets is gone, or a content pack asks for one more.',
  ],
  added: ['minor', 'A new detection.'],
  meaning: ['minor', 'The condition of a detection changed.'],
  query: ['minor', 'A query changed though its rule did not: a backend or pipeline did.'],
  settings: ['minor', 'Severity, schedule or other settings of a detection changed.'],
  pack: [
    'patch',
    'A setting of the packs as a whole changed, such as Enterprise Security, an index macro, ' +
      'streams or a notification.',
  ],
  title: ['patch', 'A title changed; the published name stays.'],
  moved: ['patch', 'The file of a rule is another one.'],
  text: ['patch', 'Description, references or other texts of a rule changed.'],
} as const satisfies Record<string, readonly [Bump, string]>;

export type BumpReason = keyof typeof reasons;
export type BumpRules = Readonly<Record<BumpReason, Bump>>;

export const defaultBumps: BumpRules = recordOf(keysOf(reasons), (reason) => reasons[reason][0]);

/**
 * `release:` of sigpack.yml with its defaults. Paths are as written: relative to the file's folder.
 */
export interface ReleaseConfig {
  readonly bump: BumpRules;
  /** A folder with one folder per version. */
  readonly output: string;
  readonly changelog: string;
}

/** A path below the folder of sigpack.yml. */
const path = (description: string, byDefault: string) =>
  text(description, {
    pattern: '^(?![/\\\\])(?!.*(?:^|[/\\\\])\\.\\.(?:[/\\\\]|$))[^\\p{Cc}:]*$',
    default: byDefault,
  });

export const releaseSchema = map(
  {
    bump: map(
      recordOf(keysOf(reasons), (reason) => {
        const [bump, description] = reasons[reason];
        return { enum: bumps, default: bump, description };
      }),
      'Which part of the version a change raises; the largest counts.',
    ),
    output: path(
      'Folder below that of sigpack.yml for the artifacts, one folder per version.',
      'dist/release',
    ),
    changelog: path('The changelog, below the folder of sigpack.yml.', 'CHANGELOG.md'),
  },
  'How sigpack release works.',
);

export const releaseConfig = ({
  bump,
  output = 'dist/release',
  changelog = 'CHANGELOG.md',
}: FromSchema<typeof releaseSchema> = {}): ReleaseConfig => ({
  bump: { ...defaultBumps, ...bump },
  output,
  changelog,
});

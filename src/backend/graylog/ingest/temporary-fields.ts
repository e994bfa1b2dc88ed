import { fieldValue } from '../pipeline-rule/text.ts';
import { digestOf, shortNames } from './short-names.ts';

/**
 * Fields that a message has only while it is judged. All begin like this, and the last stage
 * removes them.
 */
export const temporaryPrefix = 'sigpack_';

export interface TemporaryFields {
  /** The text of a field with its letter case folded. */
  readonly folded: (field: string) => string;
  /** The folded text from its last backslash on, or all of it where it has none. */
  readonly last: (field: string) => string;
  /** What the names of flags begin with: one flag for each literal that is found in the field. */
  readonly flags: (field: string) => string;
  /** Set while the rules of a log source are asked. */
  readonly mark: (source: string) => string;
}

/** Where the pipelines of a pack note what they find in a message. */
export interface HitTemporaries {
  /** Lists of rules, each with whether its condition held. */
  readonly found: string;
  /** An expression for the records of other rules than those found. */
  readonly wanted: string;
  /** Records of the hits that are not made yet. */
  readonly hits: string;
  /** Names of tactics. */
  readonly tactics: string;
}

export function hitTemporaries(pack: string): HitTemporaries {
  const prefix = prefixOfPack(pack);
  return {
    found: `${prefix}_found`,
    wanted: `${prefix}_wanted`,
    hits: `${prefix}_hits`,
    tactics: `${prefix}_tactics`,
  };
}

/**
 * What the copies and flags of a pack begin with: those of other packs, which run beside it, mean
 * something else.
 */
const prefixOfPack = (pack: string): string => temporaryPrefix + digestOf(pack, 4);

/**
 * The temporary fields of a pack that its own helpers remove: its copies and flags, and marks that
 * mean the same in all packs.
 */
export const temporaryPattern = (pack: string): string =>
  `${temporaryPrefix}(?:level_|${prefixOfPack(pack).slice(temporaryPrefix.length)}).*`;

/** Short names by digests of the fields' names. */
export function temporaryFields(fields: Iterable<string>, pack: string): TemporaryFields {
  const prefix = prefixOfPack(pack);
  const names = shortNames(fields, 5);
  const named = (field: string): string => {
    const name = names.get(field);
    if (name === undefined) throw new Error(`${field} has no temporary name`);
    return prefix + name;
  };
  return {
    folded: named,
    last: (field) => `${named(field)}_l`,
    flags: (field) => `${named(field)}_`,
    mark: (source) => `${prefix}s_${digestOf(source, 8)}`,
  };
}

/** The flag of a literal, with its marks of start and end, under the prefix of its field. */
export const flagName = (prefix: string, marked: string): string =>
  prefix + Buffer.from(marked).toString('hex').toUpperCase();

/** True of a message that has the flag; it takes no function call. */
export const isSet = (name: string): string => `"1" == ${fieldValue(name)}`;

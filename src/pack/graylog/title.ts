import type { Level } from '../../sigma/rule/rule.ts';
import type { PackDetection } from '../model/detection.ts';

/** Tokens of `graylog.titlePrefix`. */
const tokens = {
  level: (level: Level): string => level,
  LEVEL: (level: Level): string => level.toUpperCase(),
} as const;
export const titleTokens: readonly string[] = Object.keys(tokens);

const isToken = (name: string): name is keyof typeof tokens => Object.hasOwn(tokens, name);

/** The token of a prefix that has no meaning. */
export const unknownToken = (prefix: string): string | undefined =>
  Array.from(prefix.matchAll(/\{([^{}]*)\}/g), ([, name = '']) => name).find(
    (name) => !isToken(name),
  );

/** The prefix with the level in place of its tokens. */
export const prefixOfLevel = (prefix: string, level: Level): string =>
  prefix.replace(/\{([^{}]*)\}/g, (whole, name: string) =>
    isToken(name) ? tokens[name](level) : whole,
  );

/** The title of a detection's event definition. */
export const graylogTitle = (prefix: string, { severity, name }: PackDetection): string =>
  prefixOfLevel(prefix, severity) + name;

import type { PackDetection } from '../model/detection.ts';

/** Tokens of `graylog.titlePrefix`. */
const tokens = {
  level: ({ severity }: PackDetection) => severity,
  LEVEL: ({ severity }: PackDetection) => severity.toUpperCase(),
} as const;
export const titleTokens: readonly string[] = Object.keys(tokens);

const isToken = (name: string): name is keyof typeof tokens => Object.hasOwn(tokens, name);

/** The token of a prefix that has no meaning. */
export const unknownToken = (prefix: string): string | undefined =>
  Array.from(prefix.matchAll(/\{([^{}]*)\}/g), ([, name = '']) => name).find(
    (name) => !isToken(name),
  );

/** The title of a detection's event definition. */
export const graylogTitle = (prefix: string, detection: PackDetection): string =>
  prefix.replace(/\{([^{}]*)\}/g, (whole, name: string) =>
    isToken(name) ? tokens[name](detection) : whole,
  ) + detection.name;

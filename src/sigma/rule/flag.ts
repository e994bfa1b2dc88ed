import type { YamlScalar } from '../../source/yaml/tree.ts';

const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/**
 * True or false, also as text and in the words of YAML 1.1, which sigma-cli reads; undefined for
 * anything else.
 */
export const flagOf = ({ value, text }: YamlScalar): boolean | undefined =>
  typeof value === 'boolean' ? value : words.get(text.trim().toLowerCase());

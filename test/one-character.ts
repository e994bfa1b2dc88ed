/**
 * A character of a text in a regular expression without the flag `u`, which would fold letter case
 * in another way: two units for one beyond the first 65,536, and never one of the two.
 */
export const oneCharacter =
  '(?:[\\ud800-\\udbff][\\udc00-\\udfff]|(?![\\ud800-\\udbff][\\udc00-\\udfff])[^])';

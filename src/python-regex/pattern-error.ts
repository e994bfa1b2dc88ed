/** What is wrong with a pattern or a replacement; thrown within `python-regex` only. */
export class PatternError extends Error {}

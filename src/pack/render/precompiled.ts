import type Handlebars from 'handlebars';

/**
 * Templates that need no compiling, by the SHA-256 of their source: the package has the source
 * once. None here: `scripts/bundle.mjs` puts those of the packs in, because compiling them takes a
 * build a fiftieth of its time.
 */
export const precompiled: ReadonlyMap<string, Parameters<typeof Handlebars.template>[0]> =
  new Map();

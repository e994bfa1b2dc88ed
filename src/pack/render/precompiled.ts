import type Handlebars from 'handlebars';

type Specification = Parameters<typeof Handlebars.template>[0];

/**
 * Compiled templates, by the SHA-256 of their source. Each is made from the source, so that the
 * package has its texts once. Empty here: `scripts/bundle.mjs` fills it with the templates of the
 * packs, because compiling them takes a fiftieth of a build.
 */
export const precompiled: ReadonlyMap<string, (source: string) => Specification> = new Map();

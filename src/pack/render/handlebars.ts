import { createRequire } from 'node:module';
import type Handlebars from 'handlebars';

const require = createRequire(import.meta.url);

/** Runs compiled templates. Its declarations have no path that Node resolves. */
export const templateRuntime: typeof Handlebars = require('handlebars/runtime.js');

/**
 * All of Handlebars. The compiler is only loaded for templates that are not built in, as it takes a
 * hundredth of a build.
 */
export const templateCompiler = (): typeof Handlebars => require('handlebars');

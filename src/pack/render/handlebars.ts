import { createRequire } from 'node:module';
import type Handlebars from 'handlebars';

const require = createRequire(import.meta.url);

/** What runs templates that are compiled. Its declarations have no path that Node knows. */
export const templateRuntime: typeof Handlebars = require('handlebars/runtime.js');

/**
 * All of Handlebars. Its compiler loads only where a template is none of the package's own, as it
 * takes a hundredth of a build.
 */
export const templateCompiler = (): typeof Handlebars => require('handlebars');

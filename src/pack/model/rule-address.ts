import { urlPart } from '../../source/char-escape.ts';

/**
 * The address of a rule's file by the `ruleUrl` of the configuration. `path`: from its folder, with
 * `/`. Undefined without a template, and for a file that is not below the folder.
 */
export const ruleAddress = (template: string, path: string): string | undefined =>
  template === '' || path === '-' || /^(?:\.\.\/|\/|[A-Za-z]:)/.test(path)
    ? undefined
    : template.replaceAll('{path}', () => path.split('/').map(urlPart).join('/'));

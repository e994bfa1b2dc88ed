import { join } from 'node:path';
import { counted } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { shownPath } from '../../files/rule-files.ts';
import { printText } from '../../terminal/guarded.ts';
import { writePages } from '../../write/pages.ts';
import { makePages, needRules, type PagesOptions, withTemplateErrors } from './make-pages.ts';

export interface DocsOptions extends PagesOptions {
  /** Folder that the pages are written to. */
  readonly output?: string;
  /** Default: 8080. */
  readonly port?: number;
}

/**
 * `sigpack docs`: a page for each rule, an index and an ATT&CK Navigator layer. Files that are not
 * of the pages stay as they are.
 */
export async function docs(paths: readonly string[], options: DocsOptions): Promise<ExitCode> {
  if (options.serve) {
    const { follow } = await import('./follow.ts');
    return follow(paths, options);
  }
  const made = await makePages(paths, options);
  if (!made.ok) return made.error;
  needRules(made.value);
  const { project, files, format, report } = made.value;
  const output = options.output ?? join(project.loaded.folder, 'site');
  const count = await withTemplateErrors(() => writePages(output, files, format));
  const code = report();
  printText(
    `wrote ${counted(count, 'page')}: ${visible(shownPath(join(output, `index.${format}`)))}\n`,
  );
  return code;
}

import { join } from 'node:path';
import { targets } from '../../../backend/registry.ts';
import type { DocsFormat } from '../../../docs/site.ts';
import type { PackFile } from '../../../pack/model/detection.ts';
import { TemplateError } from '../../../pack/render/template-error.ts';
import { counted } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { shownPath } from '../../files/rule-files.ts';
import { namedTarget } from '../../project/chosen-target.ts';
import { loadRules } from '../../project/load.ts';
import { openProject, type Project, reportProject, rulePaths } from '../../project/project.ts';
import { printText } from '../../terminal/guarded.ts';
import { writePages } from '../../write/pages.ts';
import { projectPages } from './pages.ts';

export interface DocsOptions {
  /** Folder that the pages are written to. */
  readonly output?: string;
  readonly format: DocsFormat | 'markdown';
  /** Whose queries the pages show. Default: all. */
  readonly target?: readonly string[];
  readonly config?: string;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  readonly verbose?: boolean;
}

/**
 * `sigpack docs`: a page for each rule, an index and an ATT&CK Navigator layer. Files that are not
 * of the pages stay as they are.
 */
export async function docs(paths: readonly string[], options: DocsOptions): Promise<ExitCode> {
  const answer = { format: 'text', verbose: options.verbose ?? false, names: 'first' } as const;
  const chosen = options.target
    ? [...new Set(options.target.map((name) => namedTarget(targets, name)))]
    : targets;
  const names = chosen.map(({ name }) => name);
  const opened = await openProject(
    { config: options.config, pipeline: options.pipeline, targets: names, rules: paths },
    answer,
  );
  if (!opened.ok) return opened.error;
  const project = opened.value;
  const { collection } = loadRules(rulePaths(project, paths), project.bag, project.terminal);
  if (collection.rules.length === 0) {
    reportProject(project, answer);
    throw new CommandError('there is no rule to write a page about');
  }
  const output = options.output ?? join(project.loaded.folder, 'site');
  const format = options.format === 'markdown' ? 'md' : options.format;
  const files = projectPages(project, collection, chosen, format);
  const count = await write(output, files, format);
  if (options.pipeline === undefined) dropOthers(project);
  const code = reportProject(project, answer);
  printText(
    `wrote ${counted(count, 'page')}: ${visible(shownPath(join(output, `index.${format}`)))}\n`,
  );
  return code;
}

/** Drops what concerns a target that the configuration does not name. */
function dropOthers({ bag, loaded: { config } }: Project): void {
  const concerned = new Set<string>([...config.targets, ...config.pipelines.keys()]);
  const kept = bag.list.filter(({ target }) => target === undefined || concerned.has(target));
  bag.list.splice(0, bag.list.length, ...kept);
}

async function write(
  folder: string,
  files: Iterable<PackFile>,
  format: DocsFormat,
): Promise<number> {
  try {
    return await writePages(folder, files, format);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CommandError(
      `${error.template}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`,
    );
  }
}

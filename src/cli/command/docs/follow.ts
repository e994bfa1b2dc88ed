import { counted } from '../../../source/plural.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import { type ExitCode, exitCodes } from '../../error/exit-code.ts';
import { givenList, type PathList, watchedPaths } from '../../files/path-list.ts';
import { type Project, rulePaths } from '../../project/project.ts';
import { defaultPaths } from '../../rule-test/session.ts';
import { watchFiles } from '../../rule-test/watch.ts';
import { printText } from '../../terminal/guarded.ts';
import {
  type MadePages,
  makePages,
  needRules,
  noRules,
  type PagesOptions,
  withTemplateErrors,
} from './make-pages.ts';
import { type SiteServer, serveSite } from './serve.ts';

/** `sigpack docs --serve`: shows the pages to a browser on this machine, and follows changes. */
export async function follow(
  paths: readonly string[],
  options: PagesOptions & { readonly output?: string; readonly port?: number },
): Promise<ExitCode> {
  if (options.output !== undefined) throw new CommandError('--serve writes no files; leave -o out');
  if (options.format !== 'html') throw new CommandError('--serve shows HTML pages; leave -f out');
  const made = await makePages(paths, options);
  if (!made.ok) return made.error;
  needRules(made.value);
  const server = await serveSite(options.port ?? 8080);
  try {
    await showSite(server, made.value);
    printText(`the site is at ${server.address}\n`);
    const { project } = made.value;
    const places = watched(project, paths, options.pipeline);
    await watchFiles(places, isSource, () => showAgain(server, paths, options));
  } finally {
    server.close();
  }
  return exitCodes.success;
}

/** Returns the number of files. What is wrong in rules is only known when all are made. */
async function showSite(
  server: SiteServer,
  { files, missing, report }: MadePages,
): Promise<number> {
  const made = await withTemplateErrors(() => [...files]);
  report();
  server.show(made, await withTemplateErrors(missing));
  return made.length;
}

/**
 * A slip on the way leaves the pages as they were: the next change may mend it. Without any rule,
 * their errors take the place of all pages.
 */
async function showAgain(
  server: SiteServer,
  paths: readonly string[],
  options: PagesOptions,
): Promise<void> {
  try {
    const made = await makePages(paths, options);
    if (!made.ok) return;
    const count = await showSite(server, made.value);
    if (made.value.rules === 0) throw noRules();
    printText(`${counted(count, 'file')} of the site made again\n`);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`sigpack: ${visible(error.message)}\n`);
  }
}

/** What pages are made from. Names of built-in pipelines are not paths: nothing watches them. */
function watched(
  project: Project,
  paths: readonly string[],
  pipelines: readonly string[] | undefined,
): readonly string[] {
  const { loaded } = project;
  const { config, folder } = loaded;
  const configured: PathList = {
    entries: [
      ...(config.templates === undefined ? [] : [config.templates]),
      ...(pipelines ? [] : [...config.pipelines.values()].flat()),
    ],
    folder,
  };
  return [
    ...watchedPaths([
      ...rulePaths(project, paths).lists,
      ...(loaded.exists ? defaultPaths(loaded).lists : []),
      configured,
      givenList(pipelines ?? []),
    ]),
    ...(loaded.exists ? [loaded.file.path] : []),
  ];
}

const isSource = (path: string): boolean => /\.(?:ya?ml|hbs|css|js|lock)$/i.test(path);

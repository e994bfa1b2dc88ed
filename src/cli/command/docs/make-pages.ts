import { targets } from '../../../backend/registry.ts';
import type { DocsFormat } from '../../../docs/site/site.ts';
import type { PackFile } from '../../../pack/model/detection.ts';
import { TemplateError } from '../../../pack/render/template-error.ts';
import { failed, ok, type Result } from '../../../source/result.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { findConfig } from '../../files/find-config.ts';
import { namedTarget } from '../../project/chosen-target.ts';
import { loadRules } from '../../project/load.ts';
import {
  type Answer,
  openProject,
  type Project,
  reportProject,
  rulePaths,
} from '../../project/project.ts';
import { missingPage } from './missing-page.ts';
import { projectPages, type SiteTemplates, siteTemplates } from './pages.ts';
import { createPlaygroundLinks, playgroundAddress } from './playground-links.ts';
import { recordsOf } from './records.ts';
import { testsOfRules } from './rule-tests.ts';

export interface PagesOptions {
  readonly format: DocsFormat | 'markdown';
  /** Whose queries the pages show. Default: the targets of the configuration, else all. */
  readonly target?: readonly string[];
  readonly config?: string;
  /** In place of those of the configuration. */
  readonly pipeline?: readonly string[];
  /** Address of a playground that the pages link to, with their rules. */
  readonly playground?: string;
  /** Shows the pages in place of writing them. */
  readonly serve?: boolean;
  readonly verbose?: boolean;
}

/** The pages of a project as it is now. */
export interface MadePages {
  readonly project: Project;
  /** Rules that could be read. Without any, there are no files. */
  readonly rules: number;
  /** Each is made when it is asked for, which may throw `TemplateError`. */
  readonly files: Iterable<PackFile>;
  /** What a served site shows for a page that it lacks, with the errors so far. Throws as well. */
  readonly missing: () => string;
  readonly format: DocsFormat;
  /** Reports what was found while the pages were made. */
  readonly report: () => ExitCode;
}

/** Opens the project and reads its rules. The error is the exit code of what was reported. */
export async function makePages(
  paths: readonly string[],
  options: PagesOptions,
): Promise<Result<MadePages, ExitCode>> {
  const links = playgroundAddress(options);
  const answer: Answer = { format: 'text', verbose: options.verbose ?? false, names: 'first' };
  const named = options.target?.map((name) => namedTarget(targets, name));
  // without a configuration, nobody has chosen a product
  const chosen = named ?? (findConfig(options.config) === undefined ? targets : undefined);
  const opened = await openProject(
    {
      config: options.config,
      pipeline: options.pipeline,
      ...(chosen ? { targets: chosen.map(({ name }) => name) } : { compares: true }),
      rules: paths,
      lock: { retire: false },
    },
    answer,
  );
  if (!opened.ok) return failed(opened.error);
  const project = opened.value;
  const { collection } = loadRules(rulePaths(project, paths), project.bag, project.terminal);
  const format = options.format === 'markdown' ? 'md' : options.format;
  const report = (): ExitCode => {
    if (options.pipeline === undefined) dropOthers(project);
    return reportProject(project, answer);
  };
  const rules = collection.rules.length;
  let read: SiteTemplates | undefined;
  const templates = (): SiteTemplates => {
    read ??= siteTemplates(project);
    return read;
  };
  const missing = (): string => missingPage(project.bag.list, templates().render);
  const made = { project, rules, missing, format, report };
  if (rules === 0) return ok({ ...made, files: [] });
  const tests = format === 'html' ? await testsOfRules(project) : () => undefined;
  const configured: readonly string[] = project.loaded.config.targets;
  const shown = chosen ?? targets.filter(({ name }) => configured.includes(name));
  const { pipelines } = project.loaded.config;
  const playground =
    links === undefined
      ? undefined
      : createPlaygroundLinks({
          address: links,
          collection,
          targets: shown.map(({ name }) => name),
          first: configured,
          pipelinesOf: (name) => options.pipeline ?? pipelines.get(name) ?? [],
        });
  const files = projectPages(project, {
    collection,
    targets: [...new Set(shown)],
    format,
    // a Markdown page has nothing but the rule
    recordOf: format === 'html' ? recordsOf(project, tests, playground) : () => ({}),
    templates: templates(),
  });
  return ok({ ...made, files });
}

/** Reports why, and throws, if there is nothing to show. */
export function needRules({ rules, report }: MadePages): void {
  if (rules > 0) return;
  report();
  throw noRules();
}

export const noRules = (): CommandError =>
  new CommandError('there is no rule to write a page about');

/** Drops what concerns a target that the configuration does not name. */
function dropOthers({ bag, loaded: { config } }: Project): void {
  const concerned = new Set<string>([...config.targets, ...config.pipelines.keys()]);
  const kept = bag.list.filter(({ target }) => target === undefined || concerned.has(target));
  bag.list.splice(0, bag.list.length, ...kept);
}

/** What makes pages, with errors in a user's templates as errors of the command. */
export async function withTemplateErrors<Value>(
  make: () => Value | Promise<Value>,
): Promise<Value> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const place = error.line === undefined ? '' : `:${error.line}`;
    throw new CommandError(`${error.template}${place}: ${error.message}`);
  }
}

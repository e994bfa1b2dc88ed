import { join } from 'node:path';
import type { Conversion } from '../../../backend/backend.ts';
import { postprocessedRule } from '../../../backend/postprocess.ts';
import { type RegisteredTarget, type TargetSettings, targets } from '../../../backend/registry.ts';
import type { ConvertedRule } from '../../../backend/target.ts';
import { type DocsFormat, docsFiles } from '../../../docs/site.ts';
import { createSlugs } from '../../../docs/slug.ts';
import { createRenderer } from '../../../pack/render/template.ts';
import { TemplateError } from '../../../pack/render/template-error.ts';
import { createTargetCompiler, type TargetedRule } from '../../../pipeline/run/target-compiler.ts';
import type { CompiledRule } from '../../../query/compile.ts';
import type { Collection, Rule } from '../../../sigma/collection/collection.ts';
import { counted } from '../../../source/plural.ts';
import { failed, ok } from '../../../source/result.ts';
import { visible } from '../../../source/visible.ts';
import { CommandError } from '../../error/command-error.ts';
import type { ExitCode } from '../../error/exit-code.ts';
import { shownPath } from '../../files/rule-files.ts';
import { namedTarget } from '../../project/chosen-target.ts';
import { projectTemplates } from '../../project/compile-rules.ts';
import { targetSettings } from '../../project/conversion-settings.ts';
import { loadRules } from '../../project/load.ts';
import { openProject, reportProject, rulePaths } from '../../project/project.ts';
import { printText } from '../../terminal/guarded.ts';
import { writePages } from '../../write/pages.ts';

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
  const format = options.format === 'markdown' ? 'md' : options.format;
  const project = await openProject(
    { config: options.config, pipeline: options.pipeline, targets: names, rules: paths },
    answer,
  );
  if ('code' in project) return project.code;
  const { loaded, bag, terminal, pipelines } = project;
  const output = options.output ?? join(loaded.folder, 'site');
  const { config } = loaded;
  const { collection } = loadRules(rulePaths(project, paths), bag, terminal);
  if (collection.rules.length === 0) {
    reportProject(project, answer);
    throw new CommandError('there is no rule to write a page about');
  }
  const targeted = new WeakMap<CompiledRule, TargetedRule>();
  const { compile } = createTargetCompiler({
    collection,
    placeholders: config.placeholders,
    bag,
    pipelines,
    unmatchable: config.unmatchable,
  });
  const written = (rule: Rule): CompiledRule | undefined => {
    const compiled = compile(rule);
    if (compiled) targeted.set(compiled.written, compiled);
    return compiled?.written;
  };
  const settings = new Map(
    names.map((name) => [name, targetSettings(config, pipelines.get(name))]),
  );
  const { templates, assets } = projectTemplates(project);
  const files = docsFiles({
    title: config.info.title,
    rules: compiledRules(collection, written, (done) =>
      terminal.progress(done, collection.rules.length, 'writing pages'),
    ),
    slugOf: createSlugs(collection.rules),
    targets: chosen,
    convert: (target, compiled) =>
      conversionOf(
        target,
        compiled,
        targeted.get(compiled),
        settings.get(target.name) ?? targetSettings(config),
      ),
    format,
    render: createRenderer({ templates }),
    assets,
  });
  const pages = await write(output, files, format);
  const concerned = new Set<string>([...config.targets, ...config.pipelines.keys()]);
  const found = bag.list.filter(
    ({ target }) => target === undefined || options.pipeline !== undefined || concerned.has(target),
  );
  bag.list.splice(0, bag.list.length, ...found);
  const code = reportProject(project, answer);
  printText(
    `wrote ${counted(pages, 'page')}: ${visible(shownPath(join(output, `index.${format}`)))}\n`,
  );
  return code;
}

/** What the target's pipelines make of the rule, in its language. */
function conversionOf(
  target: RegisteredTarget,
  written: CompiledRule,
  targeted: TargetedRule | undefined,
  settings: TargetSettings,
): Conversion<ConvertedRule> {
  const made = targeted?.forTarget(target.name) ?? ok({ compiled: written });
  if (made.ok) {
    const { compiled } = made.value;
    return postprocessedRule(target.convert(compiled, settings), compiled);
  }
  const { file, titleSpan: span } = written.rule;
  const { code, message } = made.error;
  return failed([
    { code: code === 'PIP007' || code === 'PIP008' ? code : 'PIP002', message, file, span },
  ]);
}

function* compiledRules(
  collection: Collection,
  compile: (rule: Rule) => CompiledRule | undefined,
  onProgress: (done: number) => void,
): Generator<CompiledRule> {
  for (const [index, rule] of collection.rules.entries()) {
    onProgress(index);
    const compiled = compile(rule);
    if (compiled) yield compiled;
  }
}

async function write(
  folder: string,
  files: ReturnType<typeof docsFiles>,
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

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { targets } from '../backend/registry.ts';
import { defaultTargetSettings } from '../backend/target.ts';
import { type DocsFormat, docsFiles } from '../docs/site.ts';
import { createRenderer, TemplateError } from '../pack/template.ts';
import { type CompiledRule, createCompiler } from '../query/compile.ts';
import type { Collection } from '../sigma/collection.ts';
import { createBag } from '../source/diagnostic.ts';
import { rulePaths } from './build.ts';
import { loadConfig } from './config-file.ts';
import { type ExitCode, exitCodes, UsageError } from './exit-code.ts';
import { loadRules } from './load.ts';
import { toolVersion } from './package-root.ts';
import { shownPath } from './rule-files.ts';
import { report } from './run.ts';
import { loadTemplates } from './template-files.ts';
import { createTerminal } from './terminal.ts';

export interface DocsOptions {
  /** Folder that the pages are written to. */
  readonly output: string;
  readonly format: DocsFormat;
  readonly config?: string;
  readonly verbose?: boolean;
}

/** `sigpack docs`: a page a rule, an index and an ATT&CK Navigator layer. Files that are not of the pages stay as they are. */
export async function docs(paths: readonly string[], options: DocsOptions): Promise<ExitCode> {
  const terminal = createTerminal(process.stderr, process.env, () => performance.now());
  const context = { toolVersion: toolVersion(), paint: terminal.paint, width: terminal.width, failOn: 'error' as const };
  const output = { format: 'text', verbose: options.verbose ?? false, context, terminal } as const;
  const loaded = loadConfig(options.config);
  if (!('config' in loaded)) {
    report({ ...output, diagnostics: loaded });
    return exitCodes.usage;
  }
  const { config, folder } = loaded;
  const bag = createBag(config.severities);
  const { collection } = loadRules(rulePaths(paths, loaded), bag, terminal);
  if (collection.rules.length === 0) {
    report({ ...output, diagnostics: bag.list });
    throw new UsageError('there is no rule to write a page about');
  }
  const compile = createCompiler(collection, { placeholders: config.placeholders, bag });
  const { templates, assets } = loadTemplates(config.templates === undefined ? undefined : resolve(folder, config.templates));
  const files = docsFiles({
    title: config.info.title,
    rules: compiledRules(collection, compile, (done) => terminal.progress(done, collection.rules.length, 'writing pages')),
    targets,
    convert: (target, compiled) => target.convert(compiled, defaultTargetSettings),
    format: options.format,
    render: createRenderer({ templates }),
    assets,
  });
  const pages = write(options.output, files);
  const code = report({ ...output, diagnostics: bag.list });
  process.stdout.write(`wrote ${pages} ${pages === 1 ? 'page' : 'pages'}: ${shownPath(join(options.output, `index.${options.format}`))}\n`);
  return code;
}

function* compiledRules(collection: Collection, compile: ReturnType<typeof createCompiler>, onProgress: (done: number) => void): Generator<CompiledRule> {
  for (const [index, rule] of collection.rules.entries()) {
    onProgress(index);
    const compiled = compile(rule);
    if (compiled) yield compiled;
  }
}

/** Writes the files as they are made; answers with the number of rule pages. */
function write(folder: string, files: ReturnType<typeof docsFiles>): number {
  const made = new Set<string>();
  let pages = 0;
  try {
    for (const { path, content } of files) {
      const target = join(folder, path);
      const parent = dirname(target);
      if (!made.has(parent)) mkdirSync(parent, { recursive: true });
      made.add(parent);
      writeFileSync(target, content);
      if (path.startsWith('rules/')) pages += 1;
    }
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new UsageError(`${error.template}${error.line === undefined ? '' : `:${error.line}`}: ${error.message}`);
  }
  return pages;
}

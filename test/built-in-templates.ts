import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { templateCompiler } from '../src/pack/render/handlebars.ts';
import { precompiled } from '../src/pack/render/precompiled.ts';
import { blockOptions, compileOptions, precompiledKey } from '../src/pack/render/template.ts';
import { blockSource } from '../src/pack/render/template-block.ts';

type Made = NonNullable<ReturnType<typeof precompiled.get>>;

/**
 * Compiles each built-in template once in a worker, for all builds in it, as the package has them:
 * a tenth of what tests take went into that. Templates that a test has changed are not among them.
 */
function precompile(): void {
  const known: unknown = precompiled;
  if (!(known instanceof Map) || known.size > 0) return;
  const add = (text: string, options: typeof compileOptions): void => {
    let made: Made | undefined;
    known.set(precompiledKey(text), ((source) => {
      made ??= runInThisContext(
        `(source) => (${templateCompiler().precompile(text, options)})`,
      ) as Made;
      return made(source);
    }) satisfies Made);
  };
  add(blockSource, blockOptions);
  const folder = join(import.meta.dirname, '..', 'templates');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.name.endsWith('.hbs'))
      add(
        readFileSync(join(entry.parentPath, entry.name), 'utf8').replaceAll('\r\n', '\n'),
        compileOptions,
      );
}

precompile();

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const scripts = globSync('{bench,scripts}/*.mjs', { cwd: root });

/** What a script imports of the compiled modules, as `module: names`. */
function importsOf(script: string): readonly (readonly [module: string, names: string[]])[] {
  const text = readFileSync(join(root, script), 'utf8');
  const statement = /^import \{([^}]*)\} from '\.\.\/dist\/modules\/(.*)\.js';$/gm;
  return Array.from(text.matchAll(statement), ([, names = '', module = '']) => [
    module,
    names.split(',').flatMap((name) => name.trim().split(' as ')[0] || []),
  ]);
}

// no compiler looks at them
test('what the scripts import is there', async () => {
  const imports = scripts.flatMap((script) =>
    importsOf(script).map(([module, names]) => ({ script, module, names })),
  );
  expect(imports.length).toBeGreaterThan(20);
  const missing = await Promise.all(
    imports.map(async ({ script, module, names }) => {
      const exported: object = await import(join(root, 'src', `${module}.ts`));
      return names.filter((name) => !(name in exported)).map((name) => `${script}: ${name}`);
    }),
  );
  expect(missing.flat()).toEqual([]);
});

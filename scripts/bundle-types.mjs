// One declaration file for the library: what index.ts exports, and what that is made of.
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

const root = join(import.meta.dirname, '..');
const bundle = await rolldown({
  cwd: root,
  input: { index: './dist/types/index.d.ts' },
  external: /^node:/,
  // the declarations come from tsc; the generator is only asked for what has none
  plugins: [dts({ dtsInput: true, oxc: true, tsconfig: false })],
});
await bundle.write({ dir: join(root, 'dist', 'lib'), format: 'es' });

// Before packing: what an earlier build left in dist must not be published.
import { rmSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '..', 'dist');
for (const name of ['lib', 'modules', 'types', '.built', '.tsbuildinfo', '.tsbuildinfo-types'])
  rmSync(join(dist, name), { recursive: true, force: true });

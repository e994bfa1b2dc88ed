import './scripts/node-version.mjs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { slowTests } from './test/ci/slow-tests.ts';

/** Node strips types in a fraction of the time that Vite takes, where it does so by itself. */
const byNode =
  process.features.typescript === false
    ? {}
    : { experimental: { viteModuleRunner: false, nodeLoader: false } };

const of = (
  name: string,
  include: readonly string[],
  globalSetup: readonly string[] = [],
  exclude: readonly string[] = [],
) => ({
  extends: true as const,
  test: {
    ...byNode,
    name,
    include: [...include],
    exclude: [...exclude],
    globalSetup: [...globalSetup, 'test/setup/build.ts', 'test/setup/leftovers.ts'],
  },
});
const slow = slowTests.map((name) => `test/${name}`);

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export
export default defineConfig({
  test: {
    maxWorkers: availableParallelism(),
    // a line for each test that takes longer
    slowTestThreshold: 10_000,
    // for what hangs: how long a test takes is for the machine, which may do other things
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // a worker keeps the modules that it has: nothing in src/ or test/ may rest on a fresh copy
    isolate: false,
    projects: [
      of('quick', ['test/*.test.ts'], [], slow),
      of('slow', slow),
      of('corpus', ['test/corpus/*.test.ts'], ['test/setup/corpus.ts']),
      of('site', ['test/site/*.test.ts'], ['test/setup/corpus.ts', 'test/setup/chromium.ts']),
    ],
  },
});

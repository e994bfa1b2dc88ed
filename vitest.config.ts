import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export
export default defineConfig({ test: { maxWorkers: availableParallelism(), include: ['test/**/*.test.ts'], exclude: ['test/judges/**'], testTimeout: 60_000 } });

import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: Vitest reads the default export
export default defineConfig({ test: { include: ['test/**/*.test.ts'], exclude: ['test/judges/**'], testTimeout: 60_000 } });

import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest asks for one
export default defineConfig({
  test: { include: ['test/differential-http/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 20_000, pool: 'forks' },
});

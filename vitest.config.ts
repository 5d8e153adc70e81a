import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/differential/**', 'test/interop/**', 'test/soak/**'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // Many brokers run at a time: those that speak HTTP do so where they are told.
    env: { LEVERET_MANAGEMENT_PORT: 'off', LEVERET_PROMETHEUS_PORT: 'off' },
  },
});

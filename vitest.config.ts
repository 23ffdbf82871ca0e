import { defineConfig } from 'vitest/config';

// npm test leaves the slow suites out; npm run test:faults runs those alone.
const isSlow = process.env.npm_lifecycle_event === 'test:faults';

export default defineConfig({
  test: {
    include: isSlow
      ? [
          'test/slow/*.test.ts',
          'test/fuzz/*.test.ts',
          'test/properties.test.ts',
          'test/sources/fynn-properties.test.ts',
        ]
      : ['test/**/*.test.ts'],
    exclude: isSlow ? [] : ['test/slow/**'],
    globalSetup: ['test/setup.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: isSlow ? 900_000 : 60_000,
    hookTimeout: 120_000,
  },
});

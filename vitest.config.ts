import { defineConfig } from 'vitest/config';

// npm test leaves the slow suites out; npm run test:faults runs those alone, and the fuzzers of npm test with more cases.
const isSlow = process.env.npm_lifecycle_event === 'test:faults';
const slow = ['test/slow/*.test.ts'];

export default defineConfig({
  test: {
    include: isSlow ? [...slow, 'test/fuzz/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: isSlow ? [] : slow,
    globalSetup: ['test/support/setup.ts'],
    pool: 'forks',
    // Loading the code again for each file would be a quarter of the CPU time of npm test.
    isolate: isSlow,
    maxWorkers: 4,
    // Seeds of test/slow/chaos.test.ts that are performed side by side.
    maxConcurrency: Number(process.env.CHAOS_AT_ONCE ?? 1),
    // These end what hangs. A machine with other work to do is slow, and slowness alone fails no test.
    testTimeout: isSlow ? 900_000 : 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 180_000 } },
  },
});

import { describe, expect, inject, test } from 'vitest';
import { perform } from '../chaos/run.ts';

/** CHAOS_SEED=7,9 performs those seeds, CHAOS_SEEDS=20 the first twenty, and nothing one of them. CHAOS_AT_ONCE=3 performs three side by side. */
const SEEDS = process.env.CHAOS_SEED
  ? process.env.CHAOS_SEED.split(',').map(Number)
  : Array.from({ length: Number(process.env.CHAOS_SEEDS ?? 1) }, (_, index) => index + 1);

/** Half of the seeds have their queue on Redis, where there is one. */
const onRedis = (seed: number) => seed % 2 === 0 && inject('redisUrl') !== '';

describe('everything goes wrong at once', () => {
  test.concurrent.each(SEEDS)(
    'seed %i: no promise is broken meanwhile, and one quiet walk later the tables equal the source',
    async (seed) => {
      const summary = await perform(seed, onRedis(seed));
      process.stderr.write(`seed ${seed}: ${JSON.stringify(summary)}\n`);
      expect(summary.samples).toBeGreaterThan(0);
      expect(summary.runs.complete).toBeGreaterThan(0);
    },
    1_800_000,
  );
});

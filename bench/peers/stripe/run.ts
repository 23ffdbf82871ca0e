// One backfill of all checkout sessions by @stripe/sync-engine; prints what it cost as one JSON line.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measure, placeOf } from '../../measure.ts';
import { load, logger, redirect, type StripeClient } from '../client.ts';
import { openApi } from '../session.ts';

interface Sync {
  stripe: StripeClient;
  fullSync(
    objects: string[],
    hasWorkers: boolean,
    workers: number,
    requestsPerSecond: number,
    isVerbose: boolean,
    interval: number,
  ): Promise<{ totalSynced: number; errors?: unknown[] }>;
  close(): Promise<void>;
}

interface Package {
  StripeSync: { create(options: object): Promise<Sync> };
  runMigrations: (options: object) => Promise<void>;
}

/** Its fastest: as many workers as it has database sessions, and no limit to requests. */
const WORKERS = 20;
const NO_LIMIT = 100_000;

const { StripeSync, runMigrations } = load('@stripe/sync-engine', import.meta.url) as Package;
const place = placeOf(process.env);
const { databaseUrl } = place;
const directory = await mkdtemp(join(tmpdir(), 'checkout-sync-bench-'));
const openApiSpecPath = join(directory, 'openapi.json');
await writeFile(openApiSpecPath, JSON.stringify(openApi()));
await runMigrations({ databaseUrl, openApiSpecPath, stripeApiVersion: '2020-08-27', logger });
await rm(directory, { recursive: true });
const sync = await StripeSync.create({
  stripeSecretKey: 'sk_test',
  stripeAccountId: 'acct_bench',
  databaseUrl,
  poolConfig: { max: WORKERS },
  logger,
});
redirect(sync.stripe, place.sourceUrl);
const cost = await measure(place, async () => {
  const { errors = [] } = await sync.fullSync(['checkout_sessions'], true, WORKERS, NO_LIMIT, false, 0);
  return { errors: errors.length };
});
process.stdout.write(`${JSON.stringify(cost)}\n`);
await sync.close();
process.exit();

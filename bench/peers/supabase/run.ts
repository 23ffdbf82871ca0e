// One backfill of all checkout sessions by @supabase/stripe-sync-engine; prints what it cost as one JSON line.
import { measure, placeOf } from '../../measure.ts';
import { load, logger, redirect, type StripeClient } from '../client.ts';

interface Sync {
  stripe: StripeClient;
  syncBackfill(options: { object: string }): Promise<unknown>;
}

interface Package {
  StripeSync: new (options: object) => Sync;
  runMigrations: (options: object) => Promise<void>;
}

const { StripeSync, runMigrations } = load('@supabase/stripe-sync-engine', import.meta.url) as Package;
const place = placeOf(process.env);
await runMigrations({ databaseUrl: place.databaseUrl, schema: 'stripe', logger });
const sync = new StripeSync({
  stripeSecretKey: 'sk_test',
  stripeWebhookSecret: 'whsec_bench',
  poolConfig: { connectionString: place.databaseUrl, max: 20 },
  autoExpandLists: false,
  backfillRelatedEntities: false,
  logger,
});
redirect(sync.stripe, place.sourceUrl);
const cost = await measure(place, async () => {
  await sync.syncBackfill({ object: 'checkout_sessions' });
  return { errors: 0 };
});
process.stdout.write(`${JSON.stringify(cost)}\n`);
process.exit();

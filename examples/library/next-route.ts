// app/api/webhooks/route.ts of a Next.js application: Polar's webhooks go to https://<host>/api/webhooks
import { createSync } from 'checkout-sync';

export const runtime = 'nodejs';

const sync = createSync({ settings: process.env, logger: console });

export const POST = sync.webhooks({ source: 'polar' });

// A Fastify application that takes webhooks, walks every ten minutes, and keeps its own pool.
import Fastify from 'fastify';
import pg from 'pg';
import { createSync } from 'checkout-sync';

const TEN_MINUTES_MS = 10 * 60_000;

const app = Fastify();
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', (error) => console.error(error)); // a lost idle connection must not end the process
const sync = createSync({ settings: process.env, pool, logger: console });

await app.register(sync.fastify, { prefix: '/billing' }); // POST /billing/webhooks/polar
app.get('/status', () => sync.status());

const walk = () => void sync.sync({ mode: 'incremental' }).catch((error: unknown) => console.error(error));
const timer = setInterval(walk, TEN_MINUTES_MS);
await sync.migrate();
walk();

async function stop(): Promise<void> {
  clearInterval(timer);
  await app.close();
  await sync.close();
  await pool.end();
}
process.once('SIGTERM', () => void stop());
console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 3000) })}`);

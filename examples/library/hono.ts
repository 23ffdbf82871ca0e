// A Hono application that takes webhooks, and reads the tables with Drizzle from the same pool.
import { desc } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { Hono } from 'hono';
import pg from 'pg';
import { createSync } from 'checkout-sync';
import { checkouts } from 'checkout-sync/polar';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on('error', (error) => console.error(error)); // a lost idle connection must not end the process
const sync = createSync({ settings: process.env, pool });
const receive = sync.webhooks({ source: 'polar' });

export const app = new Hono();
app.post('/webhooks/polar', ({ req }) => receive(req.raw));
app.get('/latest', async (context) => {
  const columns = { id: checkouts.id, status: checkouts.status, created_at: checkouts.created_at };
  return context.json(
    await drizzle(pool).select(columns).from(checkouts).orderBy(desc(checkouts.created_at)).limit(10),
  );
});

// A program that embeds checkout-sync twice, in its own Fastify and pools, with parsers of its own for the types of Postgres.
// It reads what to do from stdin as JSON, prints what it saw, and ends when nothing is left open.
import { text } from 'node:stream/consumers';
import Fastify from 'fastify';
import pg from 'pg';
import { z } from 'zod';
import { createSync } from '../../src/index.ts';

const INT8 = 20;
const TEXTUAL = [1082, 1114, 1184, 1700, 114, 3802]; // dates, timestamps, numeric, JSON
pg.types.setTypeParser(INT8, BigInt);
for (const type of TEXTUAL) pg.types.setTypeParser(type, (value) => value);

const merchants = z
  .array(
    z.object({
      databaseUrl: z.string(),
      settings: z.record(z.string(), z.string()),
      prefix: z.string(),
      webhook: z.object({ headers: z.record(z.string(), z.string()), body: z.string() }),
    }),
  )
  .parse(JSON.parse(await text(process.stdin)));

const app = Fastify();
const seen: unknown[] = [];
const embedded = merchants.map(({ databaseUrl, settings, ...merchant }) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const sync = createSync({ settings, pool });
  sync.on('run', ({ stream, outcome, error }) => seen.push([stream, outcome, error]));
  void app.register(sync.fastify, { prefix: merchant.prefix });
  return { sync, pool, ...merchant };
});
const results = await Promise.all(
  embedded.map(async ({ sync, pool, webhook: { headers, body }, prefix }) => {
    const { runs } = await sync.sync();
    const { isEqual } = await sync.verify();
    const { streams } = await sync.status();
    const injected = await app.inject({ method: 'POST', headers, payload: body, url: `${prefix}/webhooks/polar` });
    const request = new Request('http://localhost/api/webhooks', { method: 'POST', headers, body });
    const fetched = await sync.webhooks()(request);
    const responses = [injected.statusCode, fetched.status];
    await sync.close();
    const { rows } = await pool.query('select 1 as works');
    await pool.end();
    return { runs, isEqual, rows: streams.map((stream) => stream.rows), works: rows.length, responses };
  }),
);
await app.close();
// Emitted when nothing keeps the process alive: a handle that was left open would keep it from that.
process.once('beforeExit', () =>
  process.stdout.write(
    JSON.stringify({
      results,
      seen,
      left: process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap'), // stdin and stdout
      listeners: ['SIGINT', 'SIGTERM', 'uncaughtException', 'exit'].map((name) => process.listenerCount(name)),
    }),
  ),
);

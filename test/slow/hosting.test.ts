import type { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import { queueSettings, spawnService, until } from '../support/service.ts';
import { administer } from '../support/database-pool.ts';
import { asNewRole, connectClient, freshDatabaseUrl } from '../support/database.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { startPolar } from '../support/polar.ts';
import { call } from '../support/run.ts';
import { CORE_STREAMS } from '../support/source.ts';

/** A provider's way to Postgres, and the backend of the queue. */
interface Hosted {
  mode?: 'session' | 'transaction';
  queue: 'postgres' | 'redis';
  /**
   * Settings of PgBouncer, or of the role if there is none; one second stands for the minute after which they cut idle
   * sessions.
   */
  pooler?: Record<string, string | number>;
  role?: Record<string, string>;
}

const CUT = { client_idle_timeout: 1, server_idle_timeout: 1 };
const STRICT = { statement_timeout: '8s', idle_session_timeout: '1s', idle_in_transaction_session_timeout: '1s' };

const providers: readonly (readonly [string, Hosted])[] = [
  [
    'Supabase, session mode',
    { mode: 'session', queue: 'postgres', pooler: { ...CUT, default_pool_size: 20 }, role: STRICT },
  ],
  [
    'Supabase, transaction mode',
    { mode: 'transaction', queue: 'redis', pooler: { ...CUT, default_pool_size: 4 }, role: STRICT },
  ],
  ['Neon, its pooler', { mode: 'transaction', queue: 'redis', pooler: { server_lifetime: 1, server_idle_timeout: 1 } }],
  ['Fly, session mode', { mode: 'session', queue: 'postgres', pooler: { client_idle_timeout: 1 } }],
  ['RDS, Railway and Render, directly', { queue: 'postgres', role: STRICT }],
];

/** An empty database, and its URL for a role that may connect and create schemas. */
async function hostedUrl({ mode, pooler, role: settings = {} }: Hosted): Promise<{ own: string; url: string }> {
  const own = await freshDatabaseUrl('template1');
  const database = new URL(own).pathname.slice(1);
  const { url, role } = await asNewRole(own, 'secret');
  await administer(
    `revoke all on database ${database} from public; grant connect, create on database ${database} to ${role}`,
  );
  for (const [name, value] of Object.entries(settings)) await administer(`alter role ${role} set ${name} = '${value}'`);
  return { own, url: mode ? await startPgBouncer(url, mode, pooler) : url };
}

const count = async (client: Client, table: string) =>
  Number((await client.query<{ count: string }>(`select count(*) from ${table}`)).rows[0]?.count);

test.for(providers)(
  'a worker with few rights follows its source although its sessions are limited and cut: %s',
  { skip: !inject('pgbouncer') },
  async ([, hosted]) => {
    const { own, url } = await hostedUrl(hosted);
    const simulator = await startPolar({ links: 2, checkouts: 60 });
    const settings = {
      ...simulator.settings,
      ...CORE_STREAMS,
      ...(await queueSettings(hosted.queue)),
      DATABASE_URL: url,
      SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 2s', // longer than what is idle lives
    };
    const service = spawnService(settings);
    const address = await service.running;
    const owner = await connectClient(own);
    await until('all sessions are stored', async () => (await count(owner, 'polar.checkouts')) === 60);
    simulator.polar.createCheckout();
    await until('the next session is stored', async () => (await count(owner, 'polar.checkouts')) === 61);
    await until('the worker is ready', async () => (await fetch(`${address}/readyz`)).ok);
    expect(JSON.parse((await call(['doctor', '--json'], settings)).stdout)).toMatchObject({ ok: true });
    const { rows } = await owner.query('select extname from pg_extension');
    expect(rows).toEqual([{ extname: 'plpgsql' }]);
    service.kill('SIGTERM');
    expect(await service.ended).toBe(0);
    expect(service.log()).not.toMatch(/"level":(50|60)/);
  },
);

import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Client } from 'pg';
import type { Database } from '../../src/database/database.ts';
import { asNewRole, connectClient, freshDatabase } from '../support/database.ts';
import { leaksIn, plantedPerson, plantSessions } from '../support/planted-person.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { connectReader, newReader } from '../support/reader.ts';
import { rows } from '../support/records.ts';
import { call } from '../support/run.ts';

let db: Database;
let role: string;
beforeEach(async () => {
  db = await freshDatabase();
  role = newReader(db);
});

const run = (...args: string[]) => call(args, { DATABASE_URL: db.url });
const asReader = (...options: string[]) => connectReader(db, role, ...options);

const RELATIONS = `select format('%I.%I', nspname, relname) as name, nspname as schema from pg_class join pg_namespace n on n.oid = relnamespace
  where relkind in ('r', 'p', 'v', 'm') and nspname in ('polar', 'fynn', 'sync', 'history', 'reporting', 'analytics', 'analytics_contacts')`;

/** The schemas of which a role can read everything; of the others it can read nothing. */
async function readableSchemas(reader: Client): Promise<string[]> {
  const readable = new Map<string, Set<boolean>>();
  for (const { name, schema } of await rows(db, RELATIONS)) {
    const isRead = await reader.query(`select * from ${String(name)} limit 1`).then(
      () => true,
      (error: Error) => (/permission denied/.test(error.message) ? false : Promise.reject(error)),
    );
    readable.set(String(schema), (readable.get(String(schema)) ?? new Set()).add(isRead));
  }
  const mixed = [...readable].filter(([, seen]) => seen.size > 1).map(([schema]) => schema);
  expect(mixed).toEqual([]);
  return [...readable].flatMap(([schema, seen]) => (seen.has(true) ? [schema] : [])).toSorted();
}

test('a reader reads every view, those that come later included, and nothing else', async () => {
  const reader = await asReader();
  expect(await readableSchemas(reader)).toEqual(['analytics']);
  await expect(reader.query('create table analytics.mine (id int)')).rejects.toThrow('permission denied');
  await db.pool.query('create view analytics.added_later as select 1 as one');
  expect((await reader.query('select * from analytics.added_later')).rows).toEqual([{ one: 1 }]);
});

test('a role that grant creates neither compiles its queries nor keeps the views locked for long', async () => {
  const reader = await asReader();
  const { rows: settings } = await reader.query(
    "select name, setting, source from pg_settings where name in ('jit', 'statement_timeout') order by name",
  );
  expect(settings).toEqual([
    { name: 'jit', setting: 'off', source: 'user' },
    { name: 'statement_timeout', setting: '300000', source: 'user' },
  ]);
});

test('only --contacts shows addresses, and without it they are taken away again', async () => {
  const reader = await asReader('--contacts');
  expect(await readableSchemas(reader)).toEqual(['analytics', 'analytics_contacts']);
  expect(JSON.parse((await run('grant', role, '--json')).stdout)).toEqual({ role, contacts: false, password: null });
  expect(await readableSchemas(reader)).toEqual(['analytics']);
  expect((await run('revoke', role)).stdout).toBe(`${role} may no longer read the views for reports.\n`);
  expect(await readableSchemas(reader)).toEqual([]);
});

test('no personal data is in any cell that a reader can select, and contacts are only in their own view', async () => {
  const simulator = await startPolar({ links: 1, checkouts: 12 });
  const ids = [...simulator.polar.checkouts.keys()].slice(0, 2);
  const person = plantedPerson('planted', 7);
  const [product] = simulator.polar.products.values();
  const text = simulator.polar.createCustomField({ type: 'text', slug: 'note' });
  const choice = simulator.polar.createCustomField({ type: 'select', slug: 'choice', properties: { options: [] } });
  for (const field of [text, choice]) simulator.polar.attachCustomField(product?.id ?? '', field.id);
  plantSessions(simulator, person, ids);
  for (const id of ids)
    simulator.polar.backfillCheckout(id, {
      product_id: product?.id ?? null,
      custom_field_data: { note: person.phone, choice: person.street },
    });
  await syncing(simulator, db).sync('polar.checkouts');
  const reader = await asReader('--contacts');
  const shown = async (schema: string) => {
    const views = await rows(db, `${RELATIONS} and nspname = '${schema}'`);
    const texts: string[] = [];
    for (const { name } of views) {
      const found = await reader.query<{ row: string }>(`select v::text as row from ${String(name)} v`);
      texts.push(...found.rows.map(({ row }) => row));
    }
    return texts.join('\n');
  };
  const reports = await shown('analytics');
  for (const id of ids) expect(reports).toContain(id);
  expect(reports).toContain('choice');
  expect(leaksIn(reports, person)).toEqual([]);
  expect(leaksIn(await shown('analytics_contacts'), person).toSorted()).toEqual([person.email, person.name].toSorted());
});

test('a role that reads more than reports, and a name that no role can have, are refused', async () => {
  const { role: other } = await asNewRole(db.url, 'secret');
  await db.pool.query(`grant usage on schema polar to ${other}; grant select on polar.products to ${other}`);
  const refused = await run('grant', other);
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining(`${other} has further rights already (polar.products)`),
  ]);
  const { rowCount } = await db.pool.query(`select where has_schema_privilege('${other}', 'analytics', 'usage')`);
  expect(rowCount).toBe(0);
  for (const name of ['public', 'PG_monitor', 'a"b'])
    expect(await run('grant', name)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cannot be the name of a reader'),
    });
  expect(await run('revoke', 'nobody_at_all')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no role nobody_at_all'),
  });
});

test('what a role could write through the views is taken away, and one that everybody may write is refused', async () => {
  const { role: other } = await asNewRole(db.url, 'secret');
  await db.pool
    .query(`grant all on schema analytics to ${other}; grant all on all tables in schema analytics to ${other};
    alter default privileges in schema analytics grant all on tables to ${other}`);
  expect(await run('grant', other)).toMatchObject({ code: 0 });
  await db.pool.query('create view analytics.added_later as select seq from sync.changes');
  const { rows: rights } = await db.pool.query(
    `select has_schema_privilege($1, 'analytics', 'create') as creates, array_agg(distinct privilege_type::text) as rights
     from pg_class, aclexplode(relacl) where relnamespace = 'analytics'::regnamespace and grantee = $1::regrole`,
    [other],
  );
  expect(rights).toEqual([{ creates: false, rights: ['SELECT'] }]);
  await db.pool.query('grant delete on analytics.changes to public');
  expect((await run('grant', other)).stderr).toContain(`${other} has further rights already (analytics.changes)`);
});

test('a role that could read more by switching to another one, or by an attribute, is refused', async () => {
  const { role: other } = await asNewRole(db.url, 'secret');
  const { role: rich } = await asNewRole(db.url, 'secret');
  await db.pool.query(`grant usage on schema polar to ${rich}; grant select on polar.products to ${rich}`);
  await db.pool.query(`alter role ${other} noinherit; grant ${rich} to ${other}`);
  expect((await run('grant', other)).stderr).toContain(`${other} has further rights already (polar.products)`);
  await db.pool.query(`revoke ${rich} from ${other}; grant pg_read_server_files to ${other}`);
  expect((await run('grant', other)).stderr).toContain(`${other} has further rights already (pg_read_server_files)`);
  await db.pool.query(`revoke pg_read_server_files from ${other}; alter role ${other} createrole`);
  expect((await run('grant', other)).stderr).toContain(`${other} has further rights already (createrole)`);
  await db.pool.query(`alter role ${other} nocreaterole`);
  expect(await run('grant', other)).toMatchObject({ code: 0 });
});

test('an administrator grants what the owner of the views makes later as well, and the right to connect', async () => {
  const { role: owner, url } = await asNewRole(db.url, 'secret');
  const reader = await asReader();
  const name = new URL(db.url).pathname.slice(1);
  await db.pool.query(`revoke connect on database ${name} from public; grant connect on database ${name} to ${owner}`);
  onTestFinished(async () => void (await db.pool.query(`grant connect on database ${name} to public`)));
  await db.pool.query(`alter schema analytics owner to ${owner}`);
  onTestFinished(async () => void (await db.pool.query(`reassign owned by ${owner} to current_user`)));
  expect(await run('grant', role)).toMatchObject({ code: 0 });
  await (await connectClient(url)).query('create view analytics.added_later as select 1 as one');
  expect((await reader.query('select * from analytics.added_later')).rows).toEqual([{ one: 1 }]);
  const { rows: may } = await db.pool.query(
    `select has_database_privilege('${role}', '${name}', 'connect') as connect`,
  );
  expect(may).toEqual([{ connect: true }]);
});

test('a grant that has no effect, as its giver does not own the views, fails', async () => {
  const { role: other } = await asNewRole(db.url, 'secret');
  const { role: giver, url } = await asNewRole(db.url, 'secret');
  for (const schema of ['sync', 'analytics', 'analytics_contacts'])
    await db.pool.query(
      `grant usage on schema ${schema} to ${giver}; grant select on all tables in schema ${schema} to ${giver}`,
    );
  expect(await call(['grant', other], { DATABASE_URL: url })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nothing was changed: run this as the role that owns the views'),
  });
});

test('who must not make roles is told what to do', async () => {
  const { url, role: owner } = await asNewRole(db.url, 'secret');
  await db.pool.query(`grant usage on schema sync to ${owner}; grant select on all tables in schema sync to ${owner}`);
  const refused = await call(['grant', role], { DATABASE_URL: url });
  expect([refused.code, refused.stderr]).toEqual([
    1,
    expect.stringContaining(`there is no role ${role}, and the role of DATABASE_URL may not create it`),
  ]);
});

import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import type { Post } from '../../src/simulator/webhook-sender.ts';
import { addRecord, columnsOf, emptyTruth, keyOf } from '../oracle/wire-truth.ts';
import { sharedDatabase } from '../support/database.ts';
import { damage, otherValue, value } from '../support/records.ts';
import {
  lookupNames,
  openFresh,
  streamNames,
  tableOf,
  walk,
  waysOfReading,
  WEBHOOK_SECRET,
  type Subject,
} from './subject.ts';

const equal = { error: undefined, missing: 0, extra: 0, different: 0, differences: [] };

/** True if the row of a record has its tombstone. */
const isDeleted = (subject: Subject, id: string) =>
  value(subject.db, `select deleted_at is not null from ${tableOf(subject)} where id = $1`, [id]);

/** Returns the columns beside the id for which a record has a value. */
function shownColumns({ stream: { entity }, source, record }: Subject, id: string) {
  const truth = emptyTruth(source.secretKeys);
  addRecord(truth, entity, record(id), true);
  const values = truth.rows.get(entity.table)?.get(id)?.values ?? {};
  return columnsOf(entity.table).filter((column) => column.name !== 'id' && column.name in values);
}

/** Takes a record away at the source; undefined where nothing can. */
function removed({ driver }: Subject): string | undefined {
  const id = driver.list().at(1);
  if (!driver.remove || id === undefined) return undefined;
  driver.remove(id);
  return id;
}

/** Receives a webhook as the server does; the outcome, or undefined when it is refused. */
async function receive({ source, db }: Subject, { headers, body }: Post) {
  const header = (name: string) => new Headers(headers).get(name) ?? undefined;
  const id = source.webhooks?.authenticate(Buffer.from(body), header, Date.now());
  if (id === undefined) return undefined;
  const event = source.webhooks?.parseEvent(parseJson(body));
  const [outcome] = await commitWebhooks(db, source, [{ id, receivedAt: new Date().toISOString(), event }]);
  return { outcome, event };
}

/** SQL that takes one member out of a set, or one row out of what a parent owns; undefined for other relations. */
function cutting(subject: Subject, key: string): { table: PgTable; sql: string } | undefined {
  const relation = subject.stream.entity.relations[key];
  if (!relation || relation.kind === 'one') return undefined;
  const [table, by] =
    relation.kind === 'set' ? [relation.into, keyOf(relation.into)[0]] : [relation.entity.table, relation.by];
  const name = nameOf(table);
  return {
    table,
    sql: `delete from ${name} where ctid = (select ctid from ${name} where "${by}" is not null limit 1)`,
  };
}

const nameOf = (table: PgTable) => `${getTableConfig(table).schema}.${getTableConfig(table).name}`;

const db = sharedDatabase();

// What a stream holds makes no difference here, but the way in which it is read does.
describe.for(waysOfReading)('%s and what is read like it', (name) => {
  const open = (records: number) => openFresh(name, db(), records);

  test('gives no tombstone for a 404 that is not of the form that the API has', async ({ skip }) => {
    const subject = await open(4);
    await walk(subject);
    const id = removed(subject) ?? skip('nothing removes its records');
    const strange = { fault: 'status', status: 404, body: '<h1>Not Found</h1>' } as const;
    subject.simulator.intercept(({ path, query }) =>
      path.includes(id) || query.get('id') === id ? strange : undefined,
    );
    expect(await subject.engine().sync(name)).toMatchObject({ outcome: 'failed', tombstoned: 0 });
    expect(await isDeleted(subject, id)).toBe(false);
    subject.simulator.intercept(null);
    await walk(subject);
    expect(await isDeleted(subject, id)).toBe(true);
  });
});

describe.for(streamNames)('%s', (name) => {
  const open = (records: number) => openFresh(name, db(), records);

  test('gives a tombstone to what the source proves to be gone, and takes it away from what is back', async ({
    skip,
  }) => {
    const subject = await open(4);
    await walk(subject);
    const id = removed(subject) ?? skip('nothing removes its records');
    expect(await walk(subject)).toMatchObject({ tombstoned: 1 });
    expect(await isDeleted(subject, id)).toBe(true);
    subject.driver.restore?.(id);
    await walk(subject);
    expect(await isDeleted(subject, id)).toBe(!subject.driver.restore);
  });

  test('stores by id what is pulled, and reports what is not there', async ({ skip }) => {
    const subject = await open(3);
    if (subject.stream.recordPath === null) skip('its source has no request for a single record');
    const { pull } = subject.engine();
    const ids = subject.driver.list();
    const outcomes = (pulled: Awaited<ReturnType<typeof pull>>) => pulled.map(({ outcome }) => outcome);
    expect(outcomes(await pull(name, ...ids))).toEqual(ids.map(() => 'inserted'));
    expect(await subject.differences()).toEqual([]);
    expect(outcomes(await pull(name, ...ids, crypto.randomUUID()))).toEqual([
      ...ids.map(() => 'unchanged'),
      'not found',
    ]);
    const gone = removed(subject);
    if (gone === undefined) return;
    expect(outcomes(await pull(name, gone))).toEqual(['not found']);
    await pull(name, ...subject.driver.list()); // what nests in the others may have changed with it
    expect(await subject.differences()).toEqual([]);
  });

  test('is verified as equal, and every column that differs is named', async () => {
    const subject = await open(3);
    await walk(subject);
    expect(await subject.engine().verify(name)).toMatchObject({ ...equal, records: 3 });
    const [id = ''] = subject.driver.list();
    const columns = shownColumns(subject, id);
    const changes = columns.map(
      (column) => `"${column.name}" = ${otherValue(`"${column.name}"`, column.getSQLType())}`,
    );
    await damage(db(), `update ${tableOf(subject)} set ${changes.join()} where id = '${id}'`);
    const { different, differences } = await subject.engine().verify(name);
    expect(different).toBe(1);
    expect(differences.map(({ column = '' }) => column).toSorted()).toEqual(
      columns.map((column) => column.name).toSorted(),
    );
  });

  test('is verified row by row: what is missing, what is too many, what a set lacks', async () => {
    const subject = await open(4);
    await walk(subject);
    const gone = removed(subject);
    const [id = ''] = subject.driver.list();
    await damage(db(), `delete from ${tableOf(subject)} where id = '${id}'`);
    const found = await subject.engine().verify(name);
    expect(found).toMatchObject({ missing: 1, extra: gone === undefined ? 0 : 1 });
    expect(found.differences).toContainEqual(expect.objectContaining({ kind: 'missing', id }));
    if (gone !== undefined)
      expect(found.differences).toContainEqual(expect.objectContaining({ kind: 'extra', id: gone }));
  });

  test('is verified set by set: a member that is missing is told', async ({ skip }) => {
    const subject = await open(6);
    const cuts = Object.keys(subject.stream.entity.relations).flatMap((key) => cutting(subject, key) ?? []);
    if (cuts.length === 0) skip('no set nests in its records');
    for (const { table, sql } of cuts) {
      await walk(subject);
      if (Number(await value(db(), `select count(*) from ${nameOf(table)}`)) === 0) continue;
      await damage(db(), sql);
      const { differences } = await subject.engine().verify(name);
      expect(differences.map((difference) => difference.table)).toEqual([nameOf(table)]);
    }
  });

  test('takes its webhooks: the newest state stays, whatever the order, and each counts once', async ({ skip }) => {
    const subject = await open(2);
    const { driver, simulator } = subject;
    await walk(subject);
    const [id = ''] = driver.list();
    const edit = () => [driver.edit(id), driver.edit(id), driver.edit(driver.create())];
    const posts = simulator.webhooksOf(() => void edit(), WEBHOOK_SECRET);
    const first = posts[0] ?? skip('its edits send no webhooks');
    expect(await receive(subject, { headers: first.headers, body: `${first.body} ` })).toBeUndefined();
    for (const post of posts.toReversed()) {
      const received = await receive(subject, post);
      expect(received?.outcome).toBe('applied');
      expect(await receive(subject, post)).toMatchObject({ outcome: 'duplicate' });
    }
    expect(await subject.differences()).toEqual([]);
    expect(await walk(subject)).toMatchObject({ inserted: 0, updated: 0 });
    for (const post of simulator.webhooksOf(() => driver.remove?.(id), WEBHOOK_SECRET)) {
      const received = await receive(subject, post);
      expect(await isDeleted(subject, id)).toBe(received?.event?.record?.isDeleted ?? false);
    }
  });
});

describe('a resource without a list', () => {
  test.for(lookupNames)('%s is stored by id', async (name) => {
    const subject = await openFresh(name, db(), 3);
    const ids = subject.driver.list();
    const pulled = await subject.engine().pull(name, ...ids, crypto.randomUUID());
    expect(pulled.map(({ outcome }) => outcome)).toEqual([...ids.map(() => 'inserted'), 'not found']);
    expect(await subject.differences()).toEqual([]);
  });
});

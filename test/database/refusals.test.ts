import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { RefusedError } from '../../src/model/errors.ts';
import type { Json } from '../../src/model/json.ts';
import { openDatabase, type Database } from '../../src/database/database.ts';
import { asNewRole, DROP_VIEWS, sharedDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { at, empty, link, product, rows, store, value } from '../support/records.ts';

const shared = sharedDatabase();
let db: Database;
beforeEach(async () => {
  db = shared();
  await empty(db);
  await db.pool.query(DROP_VIEWS);
});

const trigger = (
  body: string,
) => `create function public.audit() returns trigger language plpgsql as $$ begin ${body} end $$;
  create trigger audit before insert or update on polar.checkout_links for each row execute function public.audit()`;
const links = (change: string) => `alter table polar.checkout_links ${change}`;

/** Changes that users make to our tables, the SQL that undoes them, and the line that names the culprit. */
const changes: readonly [name: string, sql: string, undo: string, line: RegExp][] = [
  [
    'a column that must not be null',
    links('add tenant text not null'),
    links('drop tenant'),
    /the column tenant of polar\.checkout_links refuses it, which is not checkout-sync's: give it a default/,
  ],
  [
    'such a column of a join table',
    'alter table polar.checkout_link_products add tenant text not null',
    'alter table polar.checkout_link_products drop tenant',
    /the column tenant of polar\.checkout_link_products refuses it/,
  ],
  [
    'such a column of the bookkeeping',
    'alter table sync.rejected_records add tenant text not null',
    'alter table sync.rejected_records drop tenant',
    /the column tenant of sync\.rejected_records refuses it/,
  ],
  [
    'a column of ours that was made "not null"',
    links('alter seats set not null'),
    links('alter seats drop not null'),
    /: alter table polar\.checkout_links alter column seats drop not null/,
  ],
  [
    'a check',
    links(`add constraint no_spring check (label <> 'Spring')`),
    links('drop constraint no_spring'),
    /the constraint or index no_spring of polar\.checkout_links refuses it, .*: drop it/,
  ],
  [
    'a unique index',
    'create unique index only_one on polar.checkout_links ((seats is null))',
    'drop index polar.only_one',
    /the constraint or index only_one of polar\.checkout_links refuses it/,
  ],
  [
    'an index on an expression',
    'create index as_number on polar.checkout_links ((label::int))',
    'drop index polar.as_number',
    /invalid input syntax for type integer.*; a trigger, a generated column, an index/,
  ],
  [
    'a generated column',
    links('add ratio int generated always as (length(label) / 0) stored'),
    links('drop ratio'),
    /division by zero; a trigger, a generated column/,
  ],
  [
    'a domain as a type',
    `create domain public.short as text check (length(value) < 3); ${links('alter label type public.short')}`,
    `${links('alter label type text')}; drop domain public.short`,
    /violates check constraint "short_check"; .* or a type refuses it/,
  ],
  [
    'a narrower type',
    links('alter label type varchar(3)'),
    links('alter label type text'),
    /value too long.*; .* or a type refuses it/,
  ],
  [
    'another type',
    links('alter label type integer using null'),
    links('alter label type text'),
    /the tables are not as the migrations made them/,
  ],
  [
    'a column that is gone',
    links('drop label'),
    links('add label text'),
    /column .*label.* does not exist; the tables are not as the migrations made them/,
  ],
  [
    'a trigger that raises',
    trigger(`raise exception 'not today';`),
    'drop function public.audit cascade',
    /not today; the function (public\.)?audit\(\) refuses it, .*: correct it, or drop the trigger/,
  ],
  [
    'a trigger that stumbles over the data',
    trigger('perform new.label::int; return new;'),
    'drop function public.audit cascade',
    /invalid input syntax.*; the function (public\.)?audit\(\) refuses it/,
  ],
  [
    'a trigger that writes elsewhere',
    `create table public.log (id uuid, note text not null); ${trigger('insert into public.log values (new.id); return new;')}`,
    'drop function public.audit cascade; drop table public.log',
    /; the function (public\.)?audit\(\) refuses it/,
  ],
  [
    'a trigger that drops rows in silence',
    trigger('return null;'),
    'drop function public.audit cascade',
    /a trigger on polar\.checkout_links that is not checkout-sync's kept 2 of 2 rows from being stored/,
  ],
  [
    'a trigger that waits for the commit',
    `create function public.audit() returns trigger language plpgsql as $$ begin raise exception 'too late'; end $$;
     create constraint trigger audit after insert on polar.products deferrable initially deferred
     for each row execute function public.audit()`,
    'drop function public.audit cascade',
    /too late; the function (public\.)?audit\(\) refuses it/,
  ],
];

/** Changes the tables while something is done. */
async function whileChanged(change: string, undo: string, work: () => Promise<void>): Promise<void> {
  await db.pool.query(change);
  try {
    await work();
  } finally {
    await db.pool.query(undo);
  }
}

test.each(changes)('%s fails the page in one line, and no record is blamed', async (_name, sql, undo, line) => {
  await whileChanged(sql, undo, async () => {
    const page = [link(1), link(2, { products: [product(7)] }), { label: 'no id' }];
    await expect(store(db, 'polar.checkout_links', page, at(10))).rejects.toThrow(line);
    expect(await value(db, 'select count(*)::int from sync.rejected_records')).toBe(0);
    expect(await value(db, 'select count(*)::int from polar.checkout_links')).toBe(0);
  });
});

test('a record alone on its page is not blamed either', async () => {
  for (const [, sql, undo] of changes.filter(([name]) =>
    /^a (column that must|check|narrower|trigger that stumbles)/.test(name),
  ))
    await whileChanged(sql, undo, async () => {
      await expect(store(db, 'polar.checkout_links', [link(1)], at(10))).rejects.toThrow(RefusedError);
    });
  expect(await rows(db, 'select reason from sync.rejected_records')).toEqual([]);
});

test('row-level security is named where it hides rows or refuses them', async () => {
  const { url, role } = await asNewRole(db.url, 'secret');
  await db.pool.query(
    `grant usage on schema polar, sync, history to ${role}; grant select, insert, update, delete on all tables in schema polar, sync, history to ${role}`,
  );
  const theirs = await openDatabase(url);
  onTestFinished(() => theirs.close());
  await whileChanged(links('enable row level security'), links('disable row level security'), async () => {
    const stored = store(theirs, 'polar.checkout_links', [link(1)], at(10));
    await expect(stored).rejects.toThrow(/row-level security.*bypassrls/);
  });
});

test('a right that is missing is not blamed on row-level security', async () => {
  const { url } = await asNewRole(db.url, 'secret');
  const theirs = await openDatabase(url);
  onTestFinished(() => theirs.close());
  const stored = store(theirs, 'polar.checkout_links', [link(1)], at(10));
  await expect(stored).rejects.toThrow(/permission denied .*; grant the role what checkout-sync doctor says it lacks$/);
});

test('a trigger that keeps a tombstone from being stored fails the run and the pull', async () => {
  const polar = await startPolar({ links: 3, checkouts: 0 });
  const { sync, pull } = syncing(polar, db);
  await sync('polar.checkout_links');
  const id = [...polar.polar.links.keys()][0] ?? '';
  polar.polar.deleteLink(id);
  const line = "a trigger on polar.checkout_links that is not checkout-sync's kept 1 of 1 rows from being stored";
  await whileChanged(trigger('return null;'), 'drop function public.audit cascade', async () => {
    const run = await sync('polar.checkout_links');
    expect(run).toMatchObject({ outcome: 'failed', next: 'fail', tombstoned: 0 });
    expect(run.error).toContain(line);
    await expect(pull('polar.checkout_links', id)).rejects.toThrow(line);
  });
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', tombstoned: 1 });
});

test('a reference of the user to a row that goes is named', async () => {
  await store(db, 'polar.checkout_links', [link(1, { products: [product(7)] })], at(10));
  const notes = `create table public.notes (link uuid, product uuid,
    constraint noted foreign key (link, product) references polar.checkout_link_products);
    insert into public.notes select checkout_link_id, product_id from polar.checkout_link_products`;
  await whileChanged(notes, 'drop table public.notes', async () => {
    const stored = store(db, 'polar.checkout_links', [link(1)], at(20));
    await expect(stored).rejects.toThrow(/brings in the table public\.notes, which is not checkout-sync's/);
  });
});

test('a run that is refused fails with the reason, asks for somebody to act, and continues once that is fixed', async () => {
  const polar = await startPolar({ links: 3, checkouts: 0 });
  const { sync } = syncing(polar, db);
  const [, sql = '', undo = '', line = /./] = changes[0] ?? [];
  await whileChanged(sql, undo, async () => {
    const run = await sync('polar.checkout_links');
    expect(run).toMatchObject({ outcome: 'failed', next: 'fail', inserted: 0, rejected: 0 });
    expect(run.error).toMatch(line);
    expect(run.error).not.toContain('\n');
    expect(await value(db, 'select error from sync.runs')).toBe(run.error);
  });
  expect(await sync('polar.checkout_links')).toMatchObject({ outcome: 'complete', inserted: 3, rejected: 0 });
});

test('bookkeeping that the user changed is named as well', async () => {
  const polar = await startPolar({ links: 1, checkouts: 0 });
  for (const table of ['walk_leases', 'runs', 'seen_pages']) {
    await empty(db);
    await whileChanged(
      `alter table sync.${table} add tenant text not null`,
      `alter table sync.${table} drop tenant`,
      async () => {
        const { error } = await syncing(polar, db).sync('polar.checkout_links');
        expect(error).toContain(`the column tenant of sync.${table} refuses it, which is not checkout-sync's`);
      },
    );
  }
});

test('a page none of whose records can be stored fails the run, a single broken record does not', async () => {
  const broken = [{ label: 'no id' }, { id: 'x' }];
  await expect(store(db, 'polar.checkout_links', broken, at(10))).rejects.toThrow(
    new RefusedError(
      'CS5104',
      'none of the 2 records of a response can be stored (no id; an id of another form): see what the source sends, and whether a newer checkout-sync reads it',
    ),
  );
  expect(await value(db, 'select count(*)::int from sync.rejected_records')).toBe(0);
  expect(await store(db, 'polar.checkout_links', [{ label: 'no id' }], at(10))).toMatchObject({ rejected: 1 });
});

test('beside a column of the user, a record that is broken by itself is still rejected alone', async () => {
  let deep: Json = 1;
  for (let level = 0; level < 6000; level++) deep = [deep];
  await whileChanged(links('add note text'), links('drop note'), async () => {
    const page = [link(1), link(2, { metadata: deep }), link(3)];
    expect(await store(db, 'polar.checkout_links', page, at(10))).toMatchObject({
      rejected: 1,
      effect: { inserted: 2 },
    });
  });
  expect(await value(db, 'select reason from sync.rejected_records')).toMatch(/nested too deeply|stack depth/);
});

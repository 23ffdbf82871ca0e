import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { expect, onTestFinished, test } from 'vitest';
import type { Manifest } from '../../src/reporting/export/manifest.ts';
import { administer } from '../support/database-pool.ts';
import { asNewRole, connectClient, freshDatabase, sharedDatabase } from '../support/database.ts';
import { openDuckDb } from '../support/duckdb.ts';
import { applyExport, copiesUnlike, exportsFolder, manifestIn, sinceSeqOf } from '../support/exports.ts';
import { leaksIn, plantedPerson, plantSessions } from '../support/planted-person.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows, uuid, value } from '../support/records.ts';
import { call, start } from '../support/run.ts';
import { until } from '../support/service.ts';

const shared = sharedDatabase();

const exportTo = (folder: string, ...args: string[]) =>
  call(['export', ...args, '--out', folder], { DATABASE_URL: shared().url });

const AWKWARD = {
  customer_name: '',
  customer_email: null,
  locale: 'a "quoted", \\backslashed\nline — 🦜\u0001\u0002\t',
  created_at: '2026-03-01T10:00:00.123456Z',
  expires_at: '1969-12-31T23:59:59.999999Z',
  total_amount: '9007199254740993',
  allow_trial: false,
  metadata: '{"long": 12345678901234567890.12, "text": "\\u2028\\"", "empty": {}, "none": null}',
};

/** Stores a session whose values are easily lost. */
async function storeAwkward(): Promise<void> {
  const columns = Object.keys(AWKWARD);
  await shared().pool.query('delete from polar.checkouts');
  await shared().pool.query(
    `insert into polar.checkouts (id, account, observed_at, ${columns.join(', ')})
     values ($1, 'default', now(), ${columns.map((_, at) => `$${at + 2}`).join(', ')})`,
    [uuid(1), ...Object.values(AWKWARD)],
  );
}

test('a Parquet file keeps microseconds, 64 bits, JSON as it is, and the difference between nothing and an empty text', async () => {
  await storeAwkward();
  await shared().pool.query(
    `create or replace view analytics.odd as select 1.25::numeric(17,12) as unit_amount, 12345678901234567890.123::numeric(30,10) as units,
       '{"a",null}'::text[] as list, array[]::text[] as nothing, null::text[] as no_list, 0.10::numeric as net_money, 1e-20::numeric as any_number, date '1969-12-31' as day, 1.5::float8 as ratio`,
  );
  const folder = await exportsFolder();
  expect(await exportTo(folder, 'polar.checkouts', 'odd')).toMatchObject({ code: 0, stderr: '' });
  await shared().pool.query('drop view analytics.odd');
  const duckdb = await openDuckDb();
  const file = (name: string) => `'${join(folder, `${name}.parquet`)}'`;
  expect(
    await duckdb.rows(
      `select customer_name, customer_email, locale, epoch_us(created_at)::text as created_at, epoch_us(expires_at)::text as expires_at,
         total_amount, allow_trial, typeof(metadata) as type, metadata::text as metadata from ${file('polar.checkouts')}`,
    ),
  ).toEqual([
    {
      ...AWKWARD,
      created_at: '1772359200123456',
      expires_at: '-1',
      type: 'JSON',
      metadata: await value(shared(), 'select metadata::text from polar.checkouts'),
    },
  ]);
  const [odd] = await duckdb.rows(
    `select columns(*)::text, typeof(net_money) as decimal from ${file('analytics.odd')}`,
  );
  expect(odd).toEqual({
    unit_amount: '1.250000000000',
    units: '12345678901234567890.1230000000',
    list: '[a, NULL]',
    nothing: '[]',
    no_list: null,
    net_money: '0.1000',
    any_number: '0.00000000000000000001',
    day: '1969-12-31',
    ratio: '1.5',
    decimal: 'DECIMAL(18,4)',
  });
});

test('a number that Parquet would cut fails the export, and says in which column it is', async () => {
  const refused = [
    ['0.00001 as net_money', 'net_money holds 0.00001, which DECIMAL(18, 4) cannot hold'],
    [`timestamptz '-infinity' as at`, 'at holds -infinity, which TIMESTAMP cannot hold'],
    [`date 'infinity' as day`, 'day holds infinity, which DATE cannot hold'],
  ];
  onTestFinished(async () => void (await shared().pool.query('drop view analytics.cut')));
  for (const [column, message] of refused) {
    await shared().pool.query(`drop view if exists analytics.cut; create view analytics.cut as select ${column}`);
    expect(await exportTo(await exportsFolder(), 'cut')).toMatchObject({
      code: 1,
      stderr: `checkout-sync: CS6207: ${message}: export it as csv or jsonl\n`,
    });
  }
});

test('a CSV file is read back by Postgres as the same rows, and a JSONL file has each row as one object', async () => {
  await storeAwkward();
  const folder = await exportsFolder();
  await exportTo(folder, 'polar.checkouts', '--format', 'csv');
  const client = await connectClient(shared().url);
  await client.query('create temporary table back (like polar.checkouts)');
  const header = (await readFile(join(folder, 'polar.checkouts.csv'), 'utf8')).split('\n')[0] ?? '';
  await pipeline(
    createReadStream(join(folder, 'polar.checkouts.csv')),
    client.query(copyFrom(`copy back (${header}) from stdin (format csv, header)`)),
  );
  const { rows: differing } = await client.query(
    '(table back except all table polar.checkouts) union all (table polar.checkouts except all table back)',
  );
  expect(differing).toEqual([]);
  await exportTo(folder, 'polar.checkouts', '--format', 'jsonl');
  expect(await readdir(folder)).toEqual(['manifest.json', 'polar.checkouts.jsonl']);
  const lines = (await readFile(join(folder, 'polar.checkouts.jsonl'), 'utf8')).split('\n');
  expect([lines.length, lines[1]]).toEqual([2, '']);
  expect(lines[0]).toBe(await value(shared(), 'select row_to_json(c)::text from polar.checkouts c'));
});

test('an export without names holds every view, and its manifest says what is in the files and how fresh it is', async () => {
  const polar = await startPolar({ links: 3, checkouts: 20 });
  await shared().pool.query('delete from polar.checkouts');
  await syncing(polar, shared()).sync('polar.checkouts');
  const folder = await exportsFolder();
  const { stdout } = await exportTo(folder, '--json');
  const manifest = await manifestIn(folder);
  expect(JSON.parse(stdout)).toEqual(manifest);
  const views = await rows(
    shared(),
    `select 'analytics.' || viewname as name from pg_views where schemaname = 'analytics' order by 1`,
  );
  expect(manifest.exports.map(({ name }) => name)).toEqual(views.map(({ name }) => name));
  const duckdb = await openDuckDb();
  for (const { file, rows: count, columns } of manifest.exports) {
    const [found] = await duckdb.rows(`select count(*)::int as rows from '${join(folder, file)}'`);
    const described = await duckdb.rows(`select column_name from (describe from '${join(folder, file)}')`);
    expect([file, found, described.map(({ column_name }) => column_name)]).toEqual([
      file,
      { rows: count },
      columns.map(({ name }) => name),
    ]);
  }
  const lastSeq = Number(await value(shared(), 'select max(seq) from sync.changes'));
  expect(manifest).toMatchObject({
    contractVersion: 1,
    createdBy: expect.stringMatching(/^checkout-sync \d+\.\d+\.\d+$/),
    format: 'parquet',
    sinceSeq: null,
    lastSeq: { polar: lastSeq },
    streams: [{ stream: 'polar.checkouts', account: 'default', completeUntil: expect.stringMatching(/^2/) }],
  });
  expect((await readdir(folder)).toSorted()).toEqual(
    ['manifest.json', ...manifest.exports.map(({ file }) => file)].toSorted(),
  );
});

test('exports since a seq turn the copy of an export into the next one, deletions included', async () => {
  const db = await freshDatabase();
  const polar = await startPolar({ links: 5, checkouts: 30 });
  const engine = syncing(polar, db);
  const syncAll = async () => [await engine.sync('polar.checkout_links'), await engine.sync('polar.checkouts')];
  const exported = async (...args: string[]): Promise<{ folder: string; manifest: Manifest }> => {
    const folder = await exportsFolder();
    expect(await call(['export', ...args, '--out', folder], { DATABASE_URL: db.url })).toMatchObject({
      code: 0,
      stderr: '',
    });
    return { folder, manifest: await manifestIn(folder) };
  };
  await syncAll();
  const duckdb = await openDuckDb();
  const tables = ['polar.checkouts', 'polar.checkout_products', 'polar.checkout_links'];
  const full = await exported(...tables);
  await applyExport(duckdb, full.folder);
  const [gone = '', changed = ''] = polar.polar.checkouts.keys();
  polar.polar.hardDeleteCheckout(gone);
  polar.polar.backfillCheckout(changed, { product_ids: [...polar.polar.products.keys()].slice(0, 3).toReversed() });
  polar.polar.createCheckout();
  await syncAll();
  const since = await exported(...tables, sinceSeqOf(full.manifest));
  const sessions = since.manifest.exports.find(({ name }) => name === 'polar.checkouts');
  expect([sessions?.rows, sessions?.replaces?.rows]).toEqual([3, 3]);
  await applyExport(duckdb, since.folder);
  const later = await exported(...tables);
  expect(await copiesUnlike(duckdb, later.folder)).toEqual([]);
  await call(['accounts', 'remove', 'default', '--yes'], { DATABASE_URL: db.url });
  const emptied = await exported(...tables, sinceSeqOf(later.manifest));
  expect(emptied.manifest.exports.map(({ rows: count }) => count)).toEqual([0, 0, 0]);
  await applyExport(duckdb, emptied.folder);
  const last = await exported(...tables);
  expect(await copiesUnlike(duckdb, last.folder)).toEqual([]);
});

test('an export since a seq that the feed does not hold any more, or not yet, fails and says so', async () => {
  const db = await freshDatabase();
  await db.pool.query(`insert into sync.trimmed_changes values ('polar', 500)`);
  const folder = await exportsFolder();
  const since = (...args: string[]) =>
    call(['export', 'polar.checkouts', ...args, '--out', folder], { DATABASE_URL: db.url });
  expect(await since('--since-seq', '499')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(
      'changes of polar up to seq 500 are no longer kept (SYNC_KEEP_CHANGES_DAYS), and --since-seq is 499',
    ),
  });
  expect(await since('--since-seq', '501')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the newest change of polar has seq 500, and --since-seq is 501'),
  });
  expect(await since('fynn', '--since-seq', '500')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--since-seq needs one seq per source: polar=500,fynn=500'),
  });
  expect(await since('checkouts', 'history.products', '--since-seq', '500')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(
      /cannot be used for analytics.checkouts: .*\n.*cannot be used for history.products: /,
    ),
  });
});

test('an export that fails leaves the files of the one before as they were', async () => {
  const folder = await exportsFolder();
  await exportTo(folder, 'links', 'metrics');
  const before = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'base64')));
  await shared().pool.query(
    'create view analytics.zz_broken as select 1 / (9000 - n) as part from generate_series(1, 10000) n',
  );
  onTestFinished(async () => void (await shared().pool.query('drop view analytics.zz_broken')));
  for (const format of ['parquet', 'csv', 'jsonl'])
    expect(await exportTo(folder, 'links', 'zz_broken', '--format', format)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('division by zero'),
    });
  const after = await Promise.all((await readdir(folder)).map((file) => readFile(join(folder, file), 'base64')));
  expect(after).toEqual(before);
});

test('files that are not of an earlier export are replaced with --force only, and those of an earlier one by the new', async () => {
  const folder = join(await exportsFolder(), 'made', 'for', 'it');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'analytics.links.csv'), 'mine');
  await writeFile(join(folder, 'notes.txt'), 'mine');
  expect(await exportTo(folder, 'links', '--format', 'csv')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('analytics.links.csv is not from an earlier export'),
  });
  expect((await readdir(folder)).toSorted()).toEqual(['analytics.links.csv', 'notes.txt']);
  expect((await exportTo(folder, 'links', '--format', 'csv', '--force')).code).toBe(0);
  expect((await exportTo(folder, 'metrics', '--format', 'csv')).code).toBe(0);
  expect((await readdir(folder)).toSorted()).toEqual(['analytics.metrics.csv', 'manifest.json', 'notes.txt']);
});

test('a folder that cannot be made is named', async () => {
  const file = join(await exportsFolder(), 'file');
  await writeFile(file, '');
  for (const folder of [file, join(file, 'in', 'it'), '/proc/exports/of/mine'])
    expect(await exportTo(folder, 'links')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`checkout-sync: CS6209: ${folder} cannot be a folder for files: E`),
    });
});

test('an export waits for another one into the same folder, and its files alone are there in the end', async () => {
  const folder = await exportsFolder();
  await shared().pool.query('create view analytics.held as select pg_advisory_xact_lock(77)::text as held');
  onTestFinished(async () => void (await shared().pool.query('drop view analytics.held')));
  const holder = await connectClient(shared().url);
  await holder.query('select pg_advisory_lock(77)');
  const sessions = `select count(*)::int from pg_stat_activity where datname = current_database() and backend_xmin is not null`;
  const first = exportTo(folder, 'held', '--format', 'csv');
  await until(
    'the first export reads',
    async () => (await value(shared(), `${sessions} and wait_event = 'advisory'`)) === 1,
  );
  const second = start(['export', 'links', '--format', 'csv', '--out', folder], { DATABASE_URL: shared().url });
  await until('the second one waits', () => /^waiting for .*\.export\.lock/.test(second.stderr()));
  expect(await value(shared(), `${sessions} and state = 'idle in transaction'`)).toBe(0);
  await holder.query('select pg_advisory_unlock(77)');
  expect([(await first).code, (await second.ended).code]).toEqual([0, 0]);
  expect((await readdir(folder)).toSorted()).toEqual(['analytics.links.csv', 'manifest.json']);
});

test('what a killed export has left is deleted by the next one, and nothing else', async () => {
  const folder = await exportsFolder();
  for (const name of ['.export-aB3_x9', '.export-of-mine', 'mine']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'analytics.links.csv'), 'a part');
  }
  await exportTo(folder, 'links', '--format', 'csv');
  expect((await readdir(folder)).toSorted()).toEqual([
    '.export-of-mine',
    'analytics.links.csv',
    'manifest.json',
    'mine',
  ]);
});

test('an export that was killed while its files replaced those of the one before is replaced by the next one', async () => {
  const folder = await exportsFolder();
  await exportTo(folder, 'links', 'metrics', '--format', 'csv');
  const unpublished = join(folder, '.export-aB3_x9');
  await mkdir(unpublished);
  await rename(join(folder, 'manifest.json'), join(unpublished, 'manifest.replaced.json'));
  expect((await exportTo(folder, 'metrics', '--format', 'csv')).stderr).toBe('');
  expect((await readdir(folder)).toSorted()).toEqual(['analytics.metrics.csv', 'manifest.json']);
  await mkdir(unpublished);
  await rename(join(folder, 'manifest.json'), join(unpublished, 'manifest.json'));
  expect((await exportTo(folder, 'links', '--format', 'csv')).stderr).toBe('');
  expect((await readdir(folder)).toSorted()).toEqual(['analytics.links.csv', 'manifest.json']);
});

test('a name that is none gets a suggestion, and a list shows the names there are', async () => {
  const folder = await exportsFolder();
  expect(await exportTo(folder, 'checkuots')).toMatchObject({
    code: 2,
    stderr:
      'checkout-sync: CS6201: checkuots is not a view or table: did you mean checkouts? export --list shows all of them\n',
  });
  const { exportable } = JSON.parse((await exportTo(folder, '--list', '--json')).stdout) as {
    exportable: { name: string; hasFeed: boolean }[];
  };
  const listed = Object.fromEntries(exportable.map(({ name, hasFeed }) => [name, hasFeed]));
  expect(listed).toMatchObject({
    'analytics.checkouts': false,
    'analytics.changes': true,
    'polar.checkout_products': true,
    'fynn.checkout_link_items': true,
    'history.products': false,
    'sync.changes': true,
  });
  expect(Object.keys(listed).filter((name) => /^sync\.(?!changes)|^reporting/.test(name))).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test('a reader exports every view without personal data, and no table', async () => {
  const db = await freshDatabase();
  const polar = await startPolar({ links: 1, checkouts: 6 });
  const person = plantedPerson('planted', 7);
  const ids = [...polar.polar.checkouts.keys()].slice(0, 2);
  plantSessions(polar, person, ids);
  await syncing(polar, db).sync('polar.checkouts');
  const role = `reader_${randomBytes(6).toString('hex')}`;
  onTestFinished(async () => void (await administer(`drop role ${role}`)));
  const granted = await call(['grant', role, '--json'], { DATABASE_URL: db.url });
  onTestFinished(async () => void (await db.pool.query(`drop owned by ${role}`)));
  const { password } = JSON.parse(granted.stdout) as { password: string };
  const url = Object.assign(new URL(db.url), { username: role, password }).href;
  const folder = await exportsFolder();
  expect(await call(['export', '--format', 'jsonl', '--out', folder], { DATABASE_URL: url })).toMatchObject({
    code: 0,
    stderr: '',
  });
  const { exports, lastSeq } = await manifestIn(folder);
  expect(lastSeq.polar).toBeGreaterThan(0);
  const texts = await Promise.all(exports.map(({ file }) => readFile(join(folder, file), 'utf8')));
  for (const id of ids) expect(texts.join('\n')).toContain(id);
  expect(leaksIn(texts.join('\n'), person)).toEqual([]);
  const first = await value(db, 'select min(seq) from sync.changes');
  await call(['export', 'changes', '--since-seq', String(first), '--out', folder], { DATABASE_URL: url });
  expect((await manifestIn(folder)).exports.map(({ name, rows: count }) => [name, count])).toEqual([
    ['analytics.changes', Number(await value(db, 'select count(*) - 1 from sync.changes'))],
  ]);
  expect(await call(['export', 'polar.checkouts', '--out', folder], { DATABASE_URL: url })).toMatchObject({
    code: 2,
    stderr: 'checkout-sync: CS6202: the role of DATABASE_URL may not read polar.checkouts\n',
  });
});

test('a role that may only read tables exports these, and learns that it cannot see what has changed', async () => {
  const db = await freshDatabase();
  const { url, role } = await asNewRole(db.url, 'secret');
  await db.pool.query(`grant usage on schema polar to ${role}; grant select on polar.products to ${role}`);
  const folder = await exportsFolder();
  const ask = (...args: string[]) => call(['export', ...args, '--out', folder], { DATABASE_URL: url });
  expect((await ask('polar.products')).code).toBe(0);
  expect(await manifestIn(folder)).toMatchObject({ lastSeq: {}, streams: [], exports: [{ name: 'polar.products' }] });
  expect(await ask('polar.products', '--since-seq', '0')).toMatchObject({
    code: 2,
    stderr: 'checkout-sync: CS6202: the role of DATABASE_URL may not read sync.changes\n',
  });
});

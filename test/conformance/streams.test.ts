import { describe, expect, test } from 'vitest';
import type { EngineOptions } from '../support/engine.ts';
import { passingFaults } from '../support/faults.ts';
import { sharedDatabase } from '../support/database.ts';
import { contents, empty, value } from '../support/records.ts';
import {
  openFresh,
  openSubject,
  startSource,
  streamNames,
  tableOf,
  walk,
  waysOfReading,
  type Subject,
} from './subject.ts';

test('every stream of the registry has a driver in its simulator, and no driver is without a stream', async () => {
  const [found, simulated]: [string[], string[]] = [[], []];
  for (const name of new Set(streamNames.map((stream) => stream.split('.', 1)[0] ?? ''))) {
    const { simulator, source } = await startSource(name);
    found.push(...source.streams.map((stream) => stream.name));
    const isLookup = (driver: string) => source.lookupOnly.some((resource) => resource.name === driver);
    simulated.push(...Object.keys(simulator.streams).filter((driver) => !isLookup(driver)));
  }
  expect(found.toSorted()).toEqual(streamNames.toSorted());
  expect(simulated.toSorted()).toEqual(streamNames.toSorted());
});

/** One fault of each kind; the slow suite tries all of them, at each request of each stream. */
const faults = ['a 502 without a body', 'a 429 with retry-after', 'a reset', 'half a body'];

interface Stop {
  step: 'fetched' | 'committed';
  /** Counts from 1. */
  page: number;
  options: EngineOptions;
}

/** Starts to walk into an emptied database and stops at a step; returns how many pages are stored. */
async function stopAt({ db, engine, stream }: Subject, { step, page, options }: Stop): Promise<number> {
  await empty(db);
  const stop = new AbortController();
  let count = 0;
  const onStep = (at: string) => void (at === step && (count += 1) === page && stop.abort(new Error('stopped')));
  await engine({ ...options, onStep }).sync(stream.name, 'full', stop.signal);
  expect(count).toBeGreaterThanOrEqual(page);
  return Number(await value(db, 'select coalesce(sum(pages), 0) from sync.checkpoints'));
}

/** Walks seven records, edits some, and walks again until nothing is left to be done; each walk compares the tables with the source. */
async function walkAndEdit(subject: Subject, pageSize: number): Promise<void> {
  const { driver } = subject;
  expect(await walk(subject, { pageSize })).toMatchObject({ records: 7 });
  const [first = '', second = '', third = ''] = driver.list();
  driver.edit(first);
  driver.editNested?.(second);
  driver.remove?.(third);
  driver.create();
  await walk(subject, { pageSize });
  driver.restore?.(third);
  await walk(subject, { pageSize });
  expect(await walk(subject, { pageSize })).toMatchObject({ inserted: 0, updated: 0, tombstoned: 0 });
}

const db = sharedDatabase();

describe.for(streamNames)('%s', (name) => {
  const open = (records: number) => openFresh(name, db(), records);

  test('equals the source after a walk, and so it does after edits', async () => {
    await walkAndEdit(await open(7), 3);
  });

  test('keeps unknown fields, and stores no secret', async () => {
    const subject = await open(3);
    const [id = ''] = subject.driver.list();
    const secret = 'recognisable_secret_of_the_suite';
    const secrets = Object.fromEntries([...subject.source.secretKeys, 'partner_api_key'].map((key) => [key, secret]));
    const added = { surprise: { deep: [1, 'two', { three: null }] }, surprising: 'text', ...secrets };
    subject.simulator.tamper(id, (json) => ({ ...json, ...added, wrapped: { ...secrets, kept: true } }));
    await walk(subject);
    expect(await value(db(), `select extra from ${tableOf(subject)} where id = $1`, [id])).toMatchObject({
      surprise: added.surprise,
      surprising: 'text',
      wrapped: { kept: true },
    });
    const held = Object.values(await contents(db()))
      .flat()
      .filter((row) => String(row).includes(secret));
    expect(held).toEqual([]);
  });

  test('keeps accounts apart: what one of them loses, or is refused, changes nothing of the other', async () => {
    const [ours, theirs] = [await open(4), await openSubject(name, db(), { records: 4, account: 'other', seed: 2 })];
    await walk(theirs);
    await walk(ours);
    expect(await theirs.differences()).toEqual([]);
    for (const id of ours.driver.list().slice(1)) ours.driver.remove?.(id);
    ours.driver.edit(ours.driver.list()[0] ?? '');
    await walk(ours);
    expect(await theirs.differences()).toEqual([]);
    ours.simulator.intercept(() => ({ fault: 'status', status: 401, body: {} }));
    expect(await ours.engine().sync(name)).toMatchObject({ outcome: 'failed', tombstoned: 0 });
    theirs.driver.create();
    expect(await walk(theirs)).toMatchObject({ inserted: expect.any(Number), tombstoned: 0 });
    expect(await theirs.engine().verify(name)).toMatchObject({ missing: 0, extra: 0, different: 0 });
    expect(await ours.differences()).toEqual([]);
    const [id = ''] = theirs.driver.list();
    ours.simulator.intercept(null);
    if (ours.stream.recordPath === null) return;
    expect(await ours.engine().pull(name, id)).toMatchObject([{ outcome: 'not found' }]);
    expect(await theirs.differences()).toEqual([]);
  });
});

// What a stream holds makes no difference here, but the way in which it is read does.
describe.for(waysOfReading)('%s and what is read like it', (name) => {
  const open = (records: number) => openFresh(name, db(), records);

  test.for([1, 100])('equals the source in pages of %i', async (pageSize) => {
    await walkAndEdit(await open(7), pageSize);
  });

  test('stopped at any step of any page, is resumed, and asks for nothing again that a list in order proves', async () => {
    const subject = await open(5);
    const options = { pageSize: 2, concurrency: 1 };
    const { pages, requests } = await walk(subject, options);
    for (const step of ['fetched', 'committed'] as const) {
      for (let page = 1; page <= pages; page++) {
        const stored = await stopAt(subject, { step, page, options });
        const saved = subject.stream.discovery.by === 'page' ? 0 : stored;
        expect((await walk(subject, options)).requests, `${step} ${page}`).toBeLessThanOrEqual(requests - saved);
        expect(await value(db(), 'select count(*)::int from sync.checkpoints')).toBe(0);
      }
    }
  });

  test('overcomes a fault at any request, of another kind at each', async () => {
    const subject = await open(5);
    const { requests } = await walk(subject, { pageSize: 2 });
    for (let position = 0; position < requests; position++) {
      const fault = faults[(position + streamNames.indexOf(name)) % faults.length] ?? '';
      await empty(db());
      let request = 0;
      subject.simulator.intercept(() => (request++ === position ? passingFaults[fault] : undefined));
      expect((await walk(subject, { pageSize: 2 })).requests, `at request ${position}`).toBe(requests + 1);
    }
  });
});

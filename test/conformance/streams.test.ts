import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { commitWebhooks } from '../../src/load/webhooks.ts';
import { sharedDatabase } from '../support/database.ts';
import { damage, rows, value } from '../support/records.ts';
import { openSubject, startSource, streamNames, WEBHOOK_SECRET, type Subject } from './subject.ts';

const complete = { outcome: 'complete', error: undefined };

/** A full walk that must succeed; what its tables lack afterwards. */
async function walk({ engine, stream, differences }: Subject, options?: Parameters<Subject['engine']>[0]) {
  const run = await engine(options).sync(stream.name);
  expect(run).toMatchObject({ ...complete });
  expect(await differences()).toEqual([]);
  return run;
}

test('every stream of the registry has a driver in its simulator, and the other way round', async () => {
  const [found, simulated]: [string[], string[]] = [[], []];
  for (const name of new Set(streamNames.map((stream) => stream.split('.', 1)[0] ?? ''))) {
    const { simulator, source } = await startSource(name);
    found.push(...source.streams.map((stream) => stream.name));
    simulated.push(
      ...Object.keys(simulator.streams).filter((stream) => !source.lookupOnly.some((one) => one.name === stream)),
    );
  }
  expect(found.toSorted()).toEqual(streamNames.toSorted());
  expect(simulated.toSorted()).toEqual(streamNames.toSorted());
});

describe.for(streamNames)('%s', (name) => {
  const db = sharedDatabase();
  const open = (records: number) => openSubject(name, db(), records);

  test.for([1, 3, 100])(
    'walked by pages of %i, equals the source, and so it does after edits of all kinds',
    async (pageSize) => {
      const subject = await open(7);
      const { driver } = subject;
      expect(await walk(subject, { pageSize })).toMatchObject({ records: 7, inserted: expect.any(Number) });
      const [first = '', second = '', third = ''] = driver.list();
      driver.edit(first);
      driver.editNested?.(second);
      driver.remove?.(third);
      driver.create();
      await walk(subject, { pageSize });
      driver.restore?.(third);
      await walk(subject, { pageSize });
      expect(await subject.engine().sync(name)).toMatchObject({ inserted: 0, updated: 0, tombstoned: 0 });
    },
  );
});

import { describe, expect, test } from 'vitest';
import { openFresh, walk, waysOfReading } from '../conformance/subject.ts';
import { sharedDatabase } from '../support/database.ts';
import { IMPATIENT, isSilent, passingFaults } from '../support/faults.ts';
import { KILL_STEPS, killedAt } from '../support/kill.ts';
import { empty, rows, value } from '../support/records.ts';

// What a stream holds makes no difference here, but the way in which it is read does.
describe.for(waysOfReading)('%s', (name) => {
  const db = sharedDatabase();
  const open = () => openFresh(name, db(), 5);

  test.for(KILL_STEPS)(
    'killed %s of any page, is walked to its end by the next run, and equals the source',
    async (step) => {
      const subject = await open();
      const victim = { ...subject, stream: name, pageSize: 2 };
      const { pages, requests } = await walk(subject, { pageSize: 2 });
      for (let place = 1; place <= (step === 'before the fetch' ? requests : pages); place++) {
        await empty(db());
        await killedAt(db(), victim, step, place);
        await walk(subject, { pageSize: 2 });
        const outcomes = await rows(db(), 'select outcome from sync.runs order by id');
        expect(outcomes.map(({ outcome }) => outcome)).toEqual(['interrupted', 'complete']);
        expect(await value(db(), 'select count(*)::int from sync.checkpoints')).toBe(0);
      }
    },
  );

  test.for(Object.entries(passingFaults))('overcomes %s at any request', async ([, fault]) => {
    const subject = await open();
    const { requests } = await walk(subject, { pageSize: 2 });
    for (let position = 0; position < requests; position++) {
      await empty(db());
      let request = 0;
      subject.simulator.intercept(() => (request++ === position ? fault : undefined));
      const run = await walk(subject, { pageSize: 2, ...(isSilent(fault) && IMPATIENT) });
      if (isSilent(fault)) expect(run.requests, `at request ${position}`).toBeGreaterThan(requests);
      else expect(run.requests, `at request ${position}`).toBe(requests + 1);
    }
  });
});

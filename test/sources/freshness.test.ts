import { expect, test } from 'vitest';
import { findStreams } from '../../scripts/streams.ts';
import { startPolar } from '../support/polar.ts';

test('the webhooks that the documents name for a stream of Polar are those that carry its records', async () => {
  const simulator = await startPolar({ links: 1, checkouts: 0 });
  const polar = findStreams().filter(({ name }) => name in simulator.streams);
  const named = polar.map(({ name, freshness }) => [name, freshness.webhooks.toSorted()]);
  const sent = polar.map(({ name }) => [name, simulator.streams[name]?.webhookTypes.toSorted()]);
  expect(named).toEqual(sent);
});

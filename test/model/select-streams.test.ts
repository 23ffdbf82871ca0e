import { expect, test } from 'vitest';
import { selectStreams } from '../../src/model/select-streams.ts';
import { polarStreams } from '../../src/sources/polar/streams.ts';
import { CORE_STREAMS, sourceOf, withOptional } from '../support/source.ts';

const polar = sourceOf({ ...CORE_STREAMS, POLAR_ACCESS_TOKEN: 'token', POLAR_WEBHOOK_SECRET: 'whsec_of_the_endpoint' });
const select = (...named: string[]) =>
  selectStreams(withOptional(polar, 'polar.checkouts'), polarStreams, { setting: 'POLAR_STREAMS', named });

test('a stream is optional until it is named', () => {
  const unnamed = selectStreams(withOptional(polar, 'polar.checkouts'), polarStreams, {
    setting: '',
    named: undefined,
  });
  expect(unnamed.streams.map(({ isOptional }) => isOptional)).toEqual([false, true]);
  expect(select('polar.checkouts').streams).toMatchObject([{ name: 'polar.checkouts', isOptional: false }]);
});

test('webhooks about a stream that is not named are ignored, unless its records nest in those of one that is', () => {
  const event = (type: string) => select('polar.checkout_links').webhooks?.parseEvent({ type, data: { id: 'one' } });
  expect(event('checkout.updated')).toEqual({
    type: 'checkout.updated',
    recordId: 'one',
    ignored: 'POLAR_STREAMS does not name polar.checkouts',
  });
  for (const nested of ['product.updated', 'benefit.updated', 'discount.deleted'])
    expect(event(nested)).toMatchObject({ record: { data: { id: 'one' } } });
  expect(event('customer.updated')).toMatchObject({ ignored: 'POLAR_STREAMS does not name polar.customers' });
});

import { expect, test } from 'vitest';
import { micros } from '../../../src/simulator/instants.ts';
import { random } from '../../../src/simulator/random.ts';
import { checkouts, present, simulate } from '../../support/ask.ts';

const HOUR = 3_600_000_000;

test('a session goes from open over confirmed to succeeded, and each step moves modified_at', async () => {
  const { polar } = await simulate();
  const session = polar.createCheckout();
  expect([session.status, session.modified_at]).toEqual(['open', null]);
  const confirmed = polar.confirm(session.id);
  expect(confirmed).toMatchObject({
    status: 'confirmed',
    customer_id: expect.any(String),
    customer_email: expect.stringContaining('@example.com'),
  });
  const succeeded = polar.succeed(session.id);
  expect(succeeded.status).toBe('succeeded');
  expect(micros(present(succeeded.modified_at))).toBeGreaterThan(micros(present(confirmed.modified_at)));
});

test('a failed payment puts a session back to open, without the payment intent', async () => {
  const { polar } = await simulate();
  const paid = [...polar.products.values()].find((product) => product.name === 'Rigging icons');
  const { id } = polar.createCheckout({ product_id: present(paid).id, discount_id: null });
  expect(polar.confirm(id).payment_processor_metadata).toMatchObject({
    intent_client_secret: expect.stringContaining('_secret_'),
  });
  const failed = polar.failPayment(id);
  expect(failed.status).toBe('open');
  expect(Object.keys(failed.payment_processor_metadata)).not.toContain('intent_client_secret');
  expect(polar.succeed(polar.confirm(id).id).status).toBe('succeeded');
});

test('a payment that fails after the end of a session expires it, and has no effect on a finished one', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout();
  polar.confirm(id);
  polar.clock.advance(25 * 3_600_000);
  expect(polar.failPayment(id).status).toBe('expired');
  const before = polar.checkouts.get(id);
  expect(polar.failPayment(id)).toEqual(before);
});

test('a session lives a day, an hour before March 2026, and is open beyond that until the job runs', async () => {
  const { polar } = await simulate();
  const [now, past] = [polar.createCheckout(), polar.createCheckout({ created_at: '2026-03-01T23:59:59Z' })];
  expect(micros(now.expires_at) - micros(now.created_at)).toBe(24 * HOUR);
  expect(micros(past.expires_at) - micros(past.created_at)).toBe(HOUR);
  expect(past.status).toBe('open');
  expect(polar.runExpiryJob()).toEqual([past.id]);
  expect(polar.checkouts.get(past.id)).toMatchObject({ status: 'expired', modified_at: expect.any(String) });
});

test('any other update of an overdue session expires it, and sends no checkout.expired', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout({ created_at: '2026-03-01T23:59:59Z' });
  const events: string[] = [];
  polar.subscribe((event) => events.push(event.type));
  expect(polar.updateCheckout(id, { customer_name: 'Ada' })).toMatchObject({ status: 'expired', customer_name: 'Ada' });
  expect(events).toEqual(['checkout.updated']);
});

test('seeded sessions: about a third succeeded, most expired, the open ones from the last day', async () => {
  const { polar } = await simulate({ checkouts: 3000 });
  const counts: Record<string, number> = {};
  for (const { status, created_at, expires_at, modified_at } of polar.checkouts.values()) {
    counts[status] = (counts[status] ?? 0) + 1;
    if (status === 'open') expect(micros(polar.clock.now()) - micros(created_at)).toBeLessThan(24.3 * HOUR);
    if (status === 'expired') expect(micros(present(modified_at))).toBeGreaterThan(micros(expires_at));
  }
  expect(present(counts.succeeded) / 3000).toBeCloseTo(0.3, 1);
  expect(present(counts.expired)).toBeGreaterThan(1800);
  expect(present(counts.open)).toBeGreaterThan(5);
  expect(present(counts.confirmed)).toBeGreaterThan(1);
  expect(counts.failed).toBeUndefined();
});

test('edits refuse what Polar would: wrong transitions and unknown records', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout();
  expect(() => polar.succeed(id)).toThrow('is open, not confirmed');
  polar.expire(id);
  expect(() => polar.confirm(id)).toThrow('is expired, not open');
  expect(() => polar.confirm('1')).toThrow('no checkout 1');
  expect(() => polar.updateLink('1', {})).toThrow('no link 1');
});

test('an edit may be given its instant and shows on the wire to the microsecond', async () => {
  const simulator = await simulate();
  const { id } = simulator.polar.createCheckout({ created_at: '2026-11-21T09:00:00Z' });
  simulator.polar.openCheckout(id, '2026-11-21T09:00:01.000001Z');
  const [shown] = (await checkouts(simulator, 'limit=1')).items;
  expect(shown).toMatchObject({ id, created_at: '2026-11-21T09:00:00Z', modified_at: '2026-11-21T09:00:01.000001Z' });
});

test('background traffic expires overdue sessions each quarter of an hour, not before', async () => {
  const { polar } = await simulate({ now: '2026-11-21T08:01:00Z' });
  const created_at = '2026-11-20T08:00:30Z';
  const overdue = new Set(Array.from({ length: 20 }, () => polar.createCheckout({ created_at }).id));
  const chance = random(1, 'traffic');
  const steps = polar.traffic();
  const work = () => {
    for (let turn = 0; turn < 150; turn++) chance.pick(steps)[1](chance);
    return polar.log.checkouts.filter(({ id, action }) => overdue.has(id) && action === 'expired').length;
  };
  expect(work()).toBe(0);
  polar.clock.advance(15 * 60_000);
  expect(work()).toBeGreaterThan(0);
});

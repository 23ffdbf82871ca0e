import { expect, test } from 'vitest';
import { present, simulate } from '../../support/ask.ts';

const at = '2026-11-21T09:00:00Z';

test('anonymizing a customer hashes who they are on all of their sessions, of any age, and sends no webhook of a session', async () => {
  const { polar } = await simulate({ checkouts: 800, links: 40, scopes: 'every' });
  const old = present(
    [...polar.checkouts.values()].find(
      ({ status, tax_amount, customer_billing_address }) =>
        status === 'succeeded' && tax_amount && customer_billing_address?.line1,
    ),
  );
  const open = polar.createCheckout({ customer_email: old.customer_email, customer_id: null });
  const others = [...polar.checkouts.values()].filter(({ customer_email }) => customer_email !== old.customer_email);
  const sent: string[] = [];
  polar.subscribe(({ type }) => sent.push(type));

  const changed = polar.anonymizeCustomer(present(old.customer_id), at);

  expect(changed).toEqual(expect.arrayContaining([old.id, open.id]));
  expect(sent).toEqual(['customer.updated']);
  const now = present(polar.checkouts.get(old.id));
  const hash = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(now).toEqual({
    ...old,
    modified_at: at,
    customer_name: hash,
    customer_email: expect.stringMatching(/^[0-9a-f]{64}@anonymized\.polar\.sh$/),
    customer_ip_address: old.customer_ip_address && '0.0.0.0',
    customer_billing_name: old.customer_billing_name && hash,
    customer_tax_id: old.customer_tax_id && hash,
    customer_billing_address: {
      ...present(old.customer_billing_address),
      line1: hash,
      line2: old.customer_billing_address?.line2 ? hash : null,
      postal_code: hash,
      city: hash,
    },
  });
  expect(polar.checkouts.get(open.id)?.customer_email).toBe(now.customer_email);
  for (const other of others) expect(polar.checkouts.get(other.id)).toEqual(other);
  expect(polar.stepsOf(old.id).at(-1)).toEqual({ at, action: 'anonymized' });
});

test('a customer without an id is found by the e-mail address', async () => {
  const { polar } = await simulate();
  const { id } = polar.createCheckout({ customer_email: 'ada@example.com', customer_name: null });
  expect(polar.anonymizeCustomer('ada@example.com')).toEqual([id]);
  expect(polar.checkouts.get(id)).toMatchObject({
    customer_email: expect.stringMatching(/polar\.sh$/),
    customer_name: null,
  });
  expect(polar.anonymizeCustomer('nobody@example.com')).toEqual([]);
});

import fc from 'fast-check';
import { inTransaction } from '../../src/database/pool.ts';
import type { Database } from '../../src/database/database.ts';
import { rollUpDays } from '../../src/ledger/roll-up-days.ts';
import { uuid } from '../support/records.ts';

const VIEWS = ['checkouts_daily', 'revenue_daily', 'product_performance'];

/** The views that read days that are rolled up, and what they would show without them, at one moment. */
export function shownAndPlain({ pool }: Database): Promise<{ shown: string[]; plain: string[] }> {
  return inTransaction(pool, 'begin isolation level repeatable read', async (client) => {
    const read = async () => {
      const lines: string[] = [];
      for (const view of VIEWS) {
        const { rows } = await client.query<{ line: string }>(
          `select concat('${view} ', to_jsonb(v)) as line from analytics.${view} v order by 1`,
        );
        lines.push(...rows.map(({ line }) => line));
      }
      return lines;
    };
    const shown = await read();
    await client.query('savepoint rolled_up; delete from sync.rolled_up_days');
    const plain = await read();
    await client.query('rollback to rolled_up');
    return { shown, plain };
  });
}

/** Rolls up all days that are due. Returns their number. */
export const rollUpAll = ({ pool }: Database): Promise<number> =>
  rollUpDays(pool, 60_000, new AbortController().signal);

const SESSIONS = 10;
const number = fc.integer({ min: 1, max: SESSIONS });
const hours = (...range: number[]) => fc.constantFrom<(number | null)[]>(...range, null);

/** A session as it is stored; ages in hours. */
const sessionState = fc.record({
  id: number,
  status: fc.constantFrom('open', 'confirmed', 'succeeded', 'succeeded', 'succeeded', 'expired', 'failed', null),
  age: fc.integer({ min: 0, max: 240 }),
  lives: hours(1, 24, 240),
  changes: hours(0, 1, 30, 100),
  total: fc.constantFrom(0, 1190, 1190, null),
  hasTrial: fc.constantFrom(false, false, true),
  customer: fc.constantFrom(101, 102, null),
  email: fc.constantFrom('buyer@example.com', null),
  product: fc.constantFrom(201, 202, null),
  currency: fc.constantFrom('usd', 'jpy'),
  address: fc.constantFrom('{"country": "DE"}', '{"country": "IN", "line1": "Street 1"}', null),
});

const PUT_SESSION = `
insert into polar.checkouts (id, account, created_at, observed_at, status, expires_at, modified_at, total_amount, net_amount, amount, tax_amount,
  trial_end, customer_id, customer_email, product_id, currency, customer_billing_address)
select $1, 'default', at, now(), $2, at + make_interval(hours => $4), at + make_interval(hours => $5), $6, $6, $6, 0,
  case when $7 then now() end, $8, $9, $10, $11, $12 from (select now() - make_interval(hours => $3) as at) made
on conflict (id) do update set (created_at, status, expires_at, modified_at, total_amount, net_amount, amount, trial_end, customer_id, customer_email,
  product_id, currency, customer_billing_address) = (excluded.created_at, excluded.status, excluded.expires_at, excluded.modified_at,
  excluded.total_amount, excluded.net_amount, excluded.amount, excluded.trial_end, excluded.customer_id, excluded.customer_email,
  excluded.product_id, excluded.currency, excluded.customer_billing_address)`;

const PUT_STATE = `
insert into history.checkouts (account, checkout_id, valid_from, observed_at, via, is_exact, status, modified_at, has_email, has_address)
select 'default', id, created_at + make_interval(hours => $2), now(), 'webhook', true, $3, created_at + make_interval(hours => $2), $4, false
from polar.checkouts where id = $1`;

/** A statement with its values. */
type Statement = [text: string, values: unknown[]];

const optionalId = (id: number | null) => (id === null ? null : uuid(id));

const putSession = sessionState.map(({ id, customer, product, ...state }): Statement => {
  const { status, age, lives, changes, total, hasTrial, email, currency, address } = state;
  const ids = [optionalId(customer), email, optionalId(product)];
  return [PUT_SESSION, [uuid(id), status, age, lives, changes, total, hasTrial, ...ids, currency, address]];
});

const putState = fc
  .tuple(number, fc.integer({ min: 0, max: 48 }), fc.constantFrom('open', 'confirmed', 'succeeded'), fc.boolean())
  .map(([id, after, status, hasEmail]): Statement => [PUT_STATE, [uuid(id), after, status, hasEmail]]);

const ofOne = (text: string) => number.map((id): Statement => [text, [uuid(id)]]);
const always = (text: string) => fc.constant<Statement>([text, []]);

const statement = fc.oneof(
  { arbitrary: putSession, weight: 12 },
  { arbitrary: putState, weight: 3 },
  ofOne('delete from polar.checkouts where id = $1'),
  ofOne('delete from history.checkouts where checkout_id = $1'),
  ofOne('update history.checkouts set has_email = not has_email where checkout_id = $1'),
  ofOne('update polar.checkouts set deleted_at = now(), customer_email = null where id = $1'),
  always(`update polar.products set name = name || '!'`),
  always(`update sync.histories set since = now() - interval '4 days' where relation = 'polar.checkouts'`),
  always(`update sync.accounts set first_seen_at = now() - interval '2 days'`),
  always(
    "update sync.rolled_up_days set built_at = now() + interval '1 day' where day = (select max(day) from sync.rolled_up_days)",
  ),
  always(
    "update sync.rolled_up_days set built_at = now() - interval '2 days', holds_until = now() where day = (select min(day) from sync.rolled_up_days)",
  ),
);

/** Steps: a number of statements, or null where the days that are due are rolled up. */
export const steps = fc.array(
  fc.oneof(
    { arbitrary: fc.array(statement, { minLength: 1, maxLength: 3 }), weight: 2 },
    { arbitrary: fc.constant(null), weight: 1 },
  ),
  { minLength: 3, maxLength: 6 },
);

/** Stores what the sessions of {@link steps} name. */
export async function storeCatalog({ pool }: Database): Promise<void> {
  await pool.query(
    `insert into polar.products (id, account, observed_at, name) select id::uuid, 'default', now(), 'Product' from unnest($1::text[]) id`,
    [[uuid(201), uuid(202)]],
  );
  await pool.query(
    `insert into sync.accounts (source, account, identity, first_seen_at, last_seen_at) values ('polar', 'default', '{}', now() - interval '3 days', now())`,
  );
}

/** Performs steps, and compares the views after each. Returns what differs. */
export async function perform(db: Database, program: readonly (Statement[] | null)[]): Promise<string[]> {
  for (const step of program) {
    if (step === null) await rollUpAll(db);
    else for (const [text, values] of step) await db.pool.query(text, values);
    const { shown, plain } = await shownAndPlain(db);
    if (shown.join('\n') !== plain.join('\n')) return [...new Set(shown).symmetricDifference(new Set(plain))];
  }
  return [];
}

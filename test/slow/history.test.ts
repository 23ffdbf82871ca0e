import { expect, test } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { micros } from '../../src/simulator/instants.ts';
import type { CheckoutAction } from '../../src/simulator/polar/edit-log.ts';
import type { CheckoutRow } from '../../src/simulator/polar/checkouts/record.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { rows, value } from '../support/records.ts';
import { startService, until } from '../support/service.ts';

const SECRET = 'polar_whs_a_secret_for_this_test';
const EDITS = 400;

/** Polar sends no webhook of these. */
const SILENT: ReadonlySet<CheckoutAction> = new Set(['opened', 'anonymized', 'backfilled', 'removed']);

/** A state of a session; `at` in microseconds since 1970. */
interface SessionState {
  at: number;
  status: string;
  hasEmail: boolean;
  discount: string | null;
}

const stateOf = (at: string, { status, customer_email, discount_id }: CheckoutRow): SessionState => ({
  at: micros(at),
  status,
  hasEmail: customer_email !== null,
  discount: discount_id,
});

/** The states of each session from the first edit on, as the simulator logged them; silent ones are marked. */
function loggedStates({ polar }: Simulator): Map<string, (SessionState & { isSilent: boolean })[]> {
  const entries = Map.groupBy(polar.log.checkouts, ({ id }) => id);
  return new Map(
    [...entries].map(([id, of]) => [
      id,
      of.flatMap(({ at, action, after }) => (after ? [{ ...stateOf(at, after), isSilent: SILENT.has(action) }] : [])),
    ]),
  );
}

/** The states of each session as they were kept. */
async function keptStates(db: Database): Promise<Map<string, (SessionState & { isExact: boolean })[]>> {
  const found = await rows(
    db,
    `select checkout_id as id, json_build_object('at', (extract(epoch from valid_from) * 1000000)::bigint, 'status', status,
       'hasEmail', has_email, 'discount', discount_id, 'isExact', is_exact) as state from history.checkouts order by valid_from, seq`,
  );
  const typed = found as { id: string; state: SessionState & { isExact: boolean } }[];
  return new Map([...Map.groupBy(typed, ({ id }) => id)].map(([id, of]) => [id, of.map(({ state }) => state)]));
}

/** Lets a service follow a busy merchant, with webhooks or without. */
async function follow(webhooks: boolean) {
  const polar = await startPolar({ links: 10, checkouts: 300 });
  const db = await freshDatabase();
  const service = await startService(db, {
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    POLAR_REQUESTS_PER_MINUTE: '30000',
    SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL: 'every 1s',
    ...(webhooks && { POLAR_WEBHOOK_SECRET: SECRET }),
  });
  if (webhooks) polar.webhooks({ url: `${service.url}/webhooks/polar`, secret: SECRET });
  polar.live({ perSecond: 25 });
  await until('enough was edited', () => polar.polar.log.checkouts.length > EDITS);
  polar.live(null);
  await polar.deliveries.settled();
  const last = await value(db, 'select coalesce(max(id), 0) from sync.runs');
  const walked = `select count(*)::int from sync.runs where id > $1 and mode = 'incremental' and outcome = 'complete'`;
  await until('a walk after the last edit is complete', async () => Number(await value(db, walked, [last])) > 0);
  await service.close();
  return { logged: loggedStates(polar), kept: await keptStates(db) };
}

const isSame = (one: SessionState, other: SessionState | undefined) =>
  other !== undefined &&
  one.status === other.status &&
  one.hasEmail === other.hasEmail &&
  one.discount === other.discount;

test('with webhooks the history of sessions is the edit log, attempt for attempt', async () => {
  const { logged, kept } = await follow(true);
  const attempts = { logged: 0, kept: 0 };
  for (const [id, truth] of logged) {
    const states = kept.get(id) ?? [];
    const told = truth.filter(({ isSilent }) => !isSilent);
    const found = told.map(({ at }) => states.find((state) => state.at === at && state.isExact));
    expect(
      told.filter((state, index) => !isSame(state, found[index])),
      id,
    ).toEqual([]);
    attempts.logged += truth.filter(
      ({ status }, index) => status === 'confirmed' && truth[index - 1]?.status !== status,
    ).length;
    const since = states.filter(({ at }) => at >= (truth[0]?.at ?? 0));
    attempts.kept += since.filter(
      ({ status }, index) => status === 'confirmed' && since[index - 1]?.status !== status,
    ).length;
  }
  expect(attempts.logged).toBeGreaterThan(20);
  expect(attempts.kept).toBe(attempts.logged);
});

test('without webhooks no stamp is earlier than the truth, and each that may be later is marked', async () => {
  const { logged, kept } = await follow(false);
  let compared = 0;
  for (const [id, truth] of logged)
    for (const state of kept.get(id) ?? []) {
      const then = truth.findLast(({ at }) => at <= state.at);
      if (!then) continue; // before the first edit
      compared += 1;
      expect(isSame(state, then), `${id} at ${state.at}`).toBe(true);
      if (state.isExact) expect([state.at, truth.indexOf(then)]).toEqual([then.at, 0]);
    }
  expect(compared).toBeGreaterThan(100);
});

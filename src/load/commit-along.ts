import type { ClientBase } from 'pg';
import { FORGOTTEN_VERSION } from '../ledger/forgotten.ts';
import type { Lease } from '../ledger/lease.ts';
import { HAS_REJECTIONS } from '../ledger/rejections.ts';
import type { VersionedMasks } from './masks.ts';

// The COMMIT of a transaction can be sent together with its statements if Postgres itself makes sure that nothing is
// missing. One last statement fails otherwise, and Postgres rolls back what it is asked to commit.

/** Setting of a transaction in which a statement has left rows that another one has to write. */
const INCOMPLETE = 'checkout_sync.incomplete';

/** Returns an SQL expression that fails {@link requireComplete} if the condition is true. */
export const incompleteIf = (condition: string): string =>
  `case when ${condition} then set_config('${INCOMPLETE}', 'on', true) end`;

// Dividing by zero fails the transaction.
const REQUIRE_COMPLETE = `
select 1 / count(*) from sync.walk_leases
where account = $1 and stream = $2 and token = $3 and ${FORGOTTEN_VERSION} = $4 and not ${HAS_REJECTIONS}
  and current_setting('${INCOMPLETE}', true) is distinct from 'on'`;

/**
 * Fails the transaction unless the lease is held, the masks are current, no rejected record may be resolved, and no row
 * was left for another statement.
 */
export async function requireComplete(
  client: ClientBase,
  { version }: Pick<VersionedMasks, 'version'>,
  { account, stream, token }: Lease,
): Promise<void> {
  await client.query({
    name: 'checkout_sync_complete',
    text: REQUIRE_COMPLETE,
    values: [account, stream, token, version],
  });
}

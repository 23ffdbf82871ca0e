import type { ClientBase, Pool } from 'pg';
import { lockSource, transaction } from '../database/database.ts';
import { forgottenTest, forgottenVersion, readForgotten, type Forgotten } from '../ledger/forgotten.ts';
import { entitiesWithin } from '../model/entity.ts';
import { StaleMasksError } from '../model/errors.ts';
import type { Batch, SourceRef } from '../normalize/batch.ts';
import type { Eraser } from '../normalize/erase.ts';
import { maskRejection } from '../normalize/mask-rejection.ts';
import { maskRow } from '../normalize/mask-row.ts';
import { masksOf, type ForgottenTest, type Masks } from '../normalize/masks.ts';
import type { Rows, TableBatch } from '../normalize/rows.ts';

/** Masks with the version of the data that they hide. */
export interface VersionedMasks extends Masks {
  version: string;
}

type AccountOf = Pick<SourceRef, 'name' | 'account' | 'privacy'>;

/** Forgotten people as last read, for each database. */
const lastRead = new WeakMap<Pool, Forgotten>();

/**
 * Changes the masks while no source is written; the next writer sees the change. Returns everyone who is forgotten
 * then.
 */
export function changeMasks(
  pool: Pool,
  sources: readonly string[],
  change: (client: ClientBase) => Promise<unknown>,
): Promise<Forgotten> {
  return transaction(pool, async (client) => {
    for (const name of sources.toSorted()) await lockSource(client, { name });
    await change(client);
    return readForgotten(client);
  });
}

/** Tests for people whom accounts forgot, made once for all pages. */
const tests = new WeakMap<Forgotten, Map<string, ForgottenTest | undefined>>();

function testOf(forgotten: Forgotten, { name, account }: AccountOf): ForgottenTest | undefined {
  const made = tests.get(forgotten) ?? new Map<string, ForgottenTest | undefined>();
  tests.set(forgotten, made);
  const key = `${name}/${account}`;
  if (!made.has(key)) made.set(key, forgottenTest(forgotten, { name, account }));
  return made.get(key);
}

/** Returns the masks of an account. */
export const masksFor = (source: AccountOf, forgotten: Forgotten): VersionedMasks => ({
  ...masksOf(source.privacy, { isForgotten: testOf(forgotten, source), cutoff: forgotten.cutoff }),
  version: forgotten.version,
});

/**
 * Runs a transaction with an account's masks. Starts it again with newer masks if {@link requireCurrent} reports that
 * somebody was forgotten meanwhile.
 */
export async function withMasks<T>(
  pool: Pool,
  source: AccountOf,
  work: (masks: VersionedMasks) => Promise<T>,
): Promise<T> {
  const known = lastRead.get(pool) ?? (await readAgain(pool));
  return work(masksFor(source, known)).catch(async (error: unknown) => {
    if (!(error instanceof StaleMasksError)) throw error;
    await readAgain(pool);
    return withMasks(pool, source, work);
  });
}

async function readAgain(pool: Pool): Promise<Forgotten> {
  const forgotten = await transaction(pool, (client) => readForgotten(client));
  lastRead.set(pool, forgotten);
  return forgotten;
}

/**
 * Throws a StaleMasksError if somebody was forgotten after these masks were made. The caller holds the source's write
 * lock, so nobody is forgotten before its commit.
 */
export async function requireCurrent(client: ClientBase, { version }: VersionedMasks): Promise<void> {
  if ((await forgottenVersion(client)) !== version) throw new StaleMasksError();
}

/** Returns an account's masks as of a snapshot of the database. */
export async function masksWithin(client: ClientBase, pool: Pool, source: AccountOf): Promise<Masks> {
  const known = lastRead.get(pool);
  const isCurrent = known && known.version === (await forgottenVersion(client));
  const forgotten = isCurrent ? known : await readForgotten(client);
  lastRead.set(pool, forgotten);
  return masksFor(source, forgotten);
}

/** Masks the rows of every table, in place. */
export function maskRows(rows: Rows, masks: Masks): void {
  if (masks.isIdle) return;
  for (const target of rows.values()) for (const row of allRows(target)) maskRow(row, target, masks);
}

const allRows = ({ columnSets }: TableBatch) => [...columnSets.values()].flatMap(({ rows }) => [...rows.values()]);

/** Masks everything that is kept of a batch, in place; masking it again changes nothing. */
export function maskBatch({ rows, rejected, drift }: Batch, masks: Masks): void {
  maskRows(rows, masks);
  for (const [one, rejection] of rejected)
    rejected.set(one, maskRejection(rejection, entitiesWithin(one.entity), masks));
  if (masks.eraseMentions) eraseFields(drift, masks.eraseMentions);
}

/** Erases people from the names of unknown fields. */
function eraseFields(drift: Map<string, number>, erase: Eraser): void {
  for (const [field, times] of drift) {
    const name = erase(field);
    if (name === field) continue;
    drift.delete(field);
    drift.set(name, (drift.get(name) ?? 0) + times);
  }
}

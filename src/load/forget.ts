import type { Pool } from 'pg';
import {
  entriesOf,
  forgottenTest,
  readForgotten,
  saveForgotten,
  type Forgotten,
  type ForgottenEntry,
} from '../ledger/forgotten.ts';
import { mentionEraser } from '../normalize/mentions.ts';
import { addCount, applyMasks, type MaskedCounts, type MaskPlan } from './apply-masks.ts';
import { eraseLedger } from './erase-ledger.ts';
import type { MaskOptions } from './mask-stored.ts';
import { changeMasks } from './masks.ts';
import { findPerson, type PersonQuery } from './find-person.ts';

/** Records of the sources in which a person is forgotten. */
export type ForgetPlan = Pick<MaskPlan, 'sources'>;

/**
 * Forgets a person: first remembers keyed hashes of their keys, which keeps new data about them out, then empties the
 * stored rows. After a kill, the same call finishes the work. Returns the number of rows changed; with `looksOnly`, the
 * number that would change.
 */
export async function forgetPerson(
  pool: Pool,
  plan: ForgetPlan,
  query: PersonQuery,
  options: MaskOptions,
): Promise<MaskedCounts> {
  const { keys, values } = await findPerson(pool, plan.sources, query);
  const before = await readForgotten(pool);
  const entries = entriesOf(before, keys);
  return eraseAll(pool, plan, { before, entries, values }, options);
}

/** Forgets everyone in entries from another database, or from this one before it was restored. */
export async function forgetEntries(
  pool: Pool,
  plan: ForgetPlan,
  entries: readonly ForgottenEntry[],
  options: MaskOptions,
): Promise<MaskedCounts> {
  return eraseAll(pool, plan, { before: await readForgotten(pool), entries, values: [] }, options);
}

/** Settings that hide nothing: rows hidden by settings are not counted as forgotten. */
const NO_SETTINGS = { privateColumns: new Set<string>() };

interface Erasing {
  before: Forgotten;
  entries: readonly ForgottenEntry[];
  values: readonly string[];
}

async function eraseAll(
  pool: Pool,
  plan: ForgetPlan,
  { before, entries, values }: Erasing,
  options: MaskOptions,
): Promise<MaskedCounts> {
  const forgotten = options.looksOnly
    ? { ...before, entries: [...before.entries, ...entries] }
    : await remember(pool, [...plan.sources.keys()], entries);
  // Texts come first: once the rows are empty, nothing shows what to look for in them.
  const isForgotten = forgottenTest(everywhere(forgotten), { name: '', account: '' });
  const eraseMentions = mentionEraser((email) => isForgotten?.('email', email) ?? false);
  const counts = await eraseLedger(pool, { values, eraseMentions }, options);
  for (const [table, count] of await applyMasks(
    pool,
    { ...plan, privacy: NO_SETTINGS, forgotten, emptiedUntil: null },
    options,
  ))
    addCount(counts, table, count);
  return counts;
}

/** Returns the entries without their accounts: bookkeeping texts belong to no account. */
const everywhere = (forgotten: Forgotten): Forgotten => ({
  ...forgotten,
  entries: forgotten.entries.map((entry) => ({ ...entry, source: null, account: null })),
});

const remember = (pool: Pool, sources: readonly string[], entries: readonly ForgottenEntry[]): Promise<Forgotten> =>
  changeMasks(pool, sources, (client) => saveForgotten(client, entries));

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

/** Where somebody is forgotten. */
export type ForgetPlan = Pick<MaskPlan, 'sources'>;

/**
 * Forgets somebody: first remembers keyed hashes of what they are known by, so that nothing more of them is stored, then
 * empties what is. After a kill, the same call finishes it. Returns how many rows were changed; with `looksOnly`, how many
 * would be.
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

/** Forgets everybody whom entries of another database, or of this one before it was restored, are about. */
export async function forgetEntries(
  pool: Pool,
  plan: ForgetPlan,
  entries: readonly ForgottenEntry[],
  options: MaskOptions,
): Promise<MaskedCounts> {
  return eraseAll(pool, plan, { before: await readForgotten(pool), entries, values: [] }, options);
}

/** What the settings hide is not counted with what is forgotten. */
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
  // Texts come first: once the rows are empty, nobody knows what to look for in them.
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

/** The entries without their accounts: texts of the bookkeeping are nobody's. */
const everywhere = (forgotten: Forgotten): Forgotten => ({
  ...forgotten,
  entries: forgotten.entries.map((entry) => ({ ...entry, source: null, account: null })),
});

const remember = (pool: Pool, sources: readonly string[], entries: readonly ForgottenEntry[]): Promise<Forgotten> =>
  changeMasks(pool, sources, (client) => saveForgotten(client, entries));

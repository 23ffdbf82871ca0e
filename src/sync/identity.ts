import { ForeignIdentityError, NothingShownError } from '../model/errors.ts';
import type { Json } from '../model/json.ts';
import { accountRef, addressOf, type Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import { identityOf, rememberIdentity, touchAccount } from '../ledger/accounts.ts';
import { shownOwners } from '../ledger/sightings.ts';
import { ownersStored } from '../load/tombstones.ts';
import type { SyncContext } from './context.ts';
import { isShownAnywhere } from './reach.ts';

/** Keeps records of another owner out of an account. */
export interface Identity {
  /**
   * Called with records before they are stored or compared. Remembers an owner that they show for the first time if the account
   * is new, or if the credential still shows a known owner of it. Throws a ForeignIdentityError otherwise.
   */
  admit: (records: readonly Json[], signal: AbortSignal) => Promise<void>;
  /** Throws a NothingShownError if a full walk showed nothing, and no other stream shows a known owner of the account. */
  requireShown: (signal: AbortSignal) => Promise<void>;
}

/**
 * Returns the identity of a stream's account. Throws a ForeignIdentityError if the account is known by another address.
 * Remembers admitted owners unless `looksOnly`.
 */
export async function openIdentity(
  context: SyncContext,
  stream: Stream,
  { looksOnly = false }: { looksOnly?: boolean } = {},
): Promise<Identity> {
  const { db, source } = context;
  const account = accountRef(source);
  const known = new Set(await identityOf(db.pool, account));
  const { ownerOf } = source;
  if (ownerOf === null && known.size > 0 && !known.has(addressOf(source))) throw foreignAddress(source, known);
  if (!looksOnly) await touchAccount(db.pool, account);
  let isShown = false;
  /** Requires that records which name no new owner come from a known one, as the credential has shown or a request shows. */
  const requireOurs = async (added: readonly string[], signal: AbortSignal) => {
    if (added.length === 0 && (await hasShown(context, known))) return;
    if (await isShownAnywhere(context, stream, [...known], signal)) return;
    throw added.length > 0 ? foreignOwner(source, added, known) : nothingShown(source, known);
  };
  return {
    async admit(records, signal) {
      const shown = new Set(
        ownerOf === null ? addressFor(source, records) : records.flatMap((one) => ownerOf(one) ?? []),
      );
      const added = [...shown].filter((one) => !known.has(one));
      isShown ||= added.length < shown.size;
      if (records.length === 0 || (isShown && added.length === 0)) return;
      if (known.size > 0 && !isShown) await requireOurs(added, signal);
      if (added.length > 0 && !looksOnly) await rememberIdentity(db.pool, account, added);
      for (const one of added) known.add(one);
      isShown = true;
    },
    async requireShown(signal) {
      if (ownerOf === null || isShown) return;
      const stored = new Set<string>();
      for (const one of source.streams.filter(({ ownerColumn }) => ownerColumn !== null))
        for (const owner of await ownersStored(db.pool, one, [...known])) stored.add(owner);
      if (stored.size === 0 || (await isShownAnywhere(context, stream, [...stored], signal))) return;
      throw nothingShown(source, stored);
    },
  };
}

/** True if the credential was ever shown one of these owners. */
async function hasShown({ db, source }: SyncContext, owners: ReadonlySet<string>): Promise<boolean> {
  const naming = source.streams.find(({ ownerColumn }) => ownerColumn !== null);
  return naming !== undefined && (await shownOwners(db.pool, source, naming)).some((owner) => owners.has(owner));
}

const addressFor = (source: Source, records: readonly Json[]) => (records.length > 0 ? [addressOf(source)] : []);

const whatToDo = ({ name, account, access }: Source) =>
  `give it an account with a name of its own (${access.settings.credential.split('__')[0]}__NEW), or delete what is stored for this one: npx checkout-sync accounts remove ${account} --source ${name}`;

const foreignAddress = (source: Source, known: ReadonlySet<string>) =>
  new ForeignIdentityError(
    `the account ${source.account} of ${source.name} was read from ${[...known].join(' and ')}, and ${source.access.settings.url} is now ${addressOf(source)}: set it back, ${whatToDo(source)}`,
  );

const foreignOwner = (source: Source, shown: readonly string[], known: ReadonlySet<string>) =>
  new ForeignIdentityError(
    `the account ${source.account} of ${source.name} belongs to ${[...known].join(' and ')}, but ${source.access.settings.credential} shows ${shown.join(' and ')} instead: set it back, ${whatToDo(source)}`,
  );

const nothingShown = (source: Source, stored: ReadonlySet<string>) =>
  new NothingShownError(
    `the account ${source.account} of ${source.name} has records of ${[...stored].join(' and ')}, and ${source.access.settings.credential} no longer shows any of them: check it and ${source.access.settings.url}; for another organization, ${whatToDo(source)}`,
  );

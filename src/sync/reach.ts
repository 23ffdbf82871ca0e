import type { SyncContext } from './context.ts';
import { NothingShownError } from '../model/errors.ts';
import type { HttpResponse } from '../extract/response.ts';
import { firstPage, getList } from '../extract/list.ts';
import { countDisputed, shownOwners, shownRecords, type Reach } from '../ledger/sightings.ts';
import { ownersStored } from '../load/tombstones.ts';
import { refOf, type Stream } from '../model/stream.ts';

/**
 * Returns the part of a stream that the source's credential was ever shown: a walk or a sample may request that. Sends no
 * request.
 */
export async function shownReach({ db, source }: SyncContext, stream: Stream): Promise<Reach> {
  if (stream.ownerColumn === null) return shownRecords(db.pool, source, stream);
  return { owners: await shownOwners(db.pool, source, stream) };
}

/**
 * Returns the reach of deletions: a 404 proves one only if this credential was shown the record, or records of its owner,
 * before, and is still shown that owner. Requests an owner that the present walk did not show, if something of it is stored.
 * Without a walk, requests a list of a source whose records name no owner, to see that it responds at all. Throws a
 * NothingShownError if a walk was shown nothing of the owner that the settings name.
 */
export async function reachOf(
  context: SyncContext,
  stream: Stream,
  shownNow: ReadonlySet<string> | undefined,
  signal: AbortSignal,
): Promise<Reach> {
  const { db, source } = context;
  if (stream.ownerColumn === null) {
    if (!shownNow) await requireList(context, signal);
    const reach = await shownRecords(db.pool, source, stream);
    warnOfDisputed(context, stream, await countDisputed(db.pool, reach));
    return reach;
  }
  const known = await shownOwners(db.pool, source, stream);
  const owners = await visibleOwners(context, stream, { known, shownNow }, signal);
  if (shownNow) await requireOwner(context, stream, { known, owners }, signal);
  return { owners };
}

/** Returns a function that computes the reach on its first call, and keeps it. */
export function lazyReach(...asked: Parameters<typeof reachOf>): () => Promise<Reach> {
  let reach: Promise<Reach> | undefined;
  return () => (reach ??= reachOf(...asked));
}

/** Warns if another address shows the same records: the owner of one that this address does not have cannot be determined. */
function warnOfDisputed({ log }: SyncContext, stream: Stream, disputed: number): void {
  if (disputed === 0) return;
  log.warn(
    { ...refOf(stream), disputed },
    `another address shows ${disputed} of the same records of ${stream.name}: none of them gets a tombstone until a week after the last walk there; see "Another address, token or organization" in docs/operations.md`,
  );
}

/**
 * Returns the owners that the source shows to the credential. One that is no longer shown counts if it was the only one ever,
 * and no other stream stores records of it that should be listed: its last record is deleted then. A stream that can only be
 * listed must show a record itself: a list that is empty without reason would say of each record that it does not exist.
 */
async function visibleOwners(
  context: SyncContext,
  stream: Stream,
  { known, shownNow }: { known: readonly string[]; shownNow: ReadonlySet<string> | undefined },
  signal: AbortSignal,
): Promise<string[]> {
  const owners = new Set(shownNow);
  const open = inScope(stream, known).filter((owner) => !owners.has(owner));
  const asked = stream.isNotFound ? [stream] : everyStream(context, stream);
  for (const owner of await ownersStored(context.db.pool, stream, open)) {
    const { isShown, isContradicted } = await look(context, asked, owner, signal);
    const wasOnlyOne = known.length === 1 && known[0] === owner;
    if (isShown || (wasOnlyOne && !isContradicted && !stream.isNotFound)) owners.add(owner);
  }
  return [...owners];
}

/** Throws if a filter by owner shows nothing, here or in any other stream: the owner or the credential is wrong then. */
async function requireOwner(
  context: SyncContext,
  stream: Stream,
  { known, owners }: { known: readonly string[]; owners: readonly string[] },
  signal: AbortSignal,
): Promise<void> {
  const { access, name } = context.source;
  const wanted = wantedOwner(stream);
  if (wanted === undefined || owners.includes(wanted)) return;
  const isStored = (await ownersStored(context.db.pool, stream, [wanted])).length > 0;
  if (
    !isStored &&
    (known.includes(wanted) || (await look(context, everyStream(context, stream), wanted, signal)).isShown)
  )
    return;
  const { credential, settings } = access;
  throw new NothingShownError(
    `${name} shows nothing of ${(stream.ownerColumn ?? '').replace(/_id$/, '')} ${wanted}: check ${settings.owner}, ${settings.url} and the ${credential}`,
  );
}

/** Returns the owner that the settings name, if any. */
const wantedOwner = ({ ownerColumn, scope }: Stream) => (ownerColumn === null ? undefined : scope[ownerColumn]);

/** Returns the owner that the settings name, otherwise all known ones. */
function inScope(stream: Stream, known: readonly string[]): readonly string[] {
  const wanted = wantedOwner(stream);
  return wanted === undefined ? known : [wanted];
}

/** Returns a stream, and all others of its source. */
const everyStream = ({ source }: SyncContext, stream: Stream): Stream[] => [
  stream,
  ...source.streams.filter(({ name }) => name !== stream.name),
];

/**
 * Requests one record of an owner from each stream until one comes. Contradicted: a readable stream other than the first lists
 * none, although some are stored. A stream whose scope is missing proves nothing; a proxy's refusal is an error.
 */
async function look(
  { db, http, source }: SyncContext,
  streams: readonly Stream[],
  owner: string,
  signal: AbortSignal,
): Promise<{ isShown: boolean; isContradicted: boolean }> {
  let isContradicted = false;
  for (const one of streams) {
    const { ownerColumn: column } = one;
    if (column === null) continue;
    const filter = { ...one.scope, [column]: owner };
    const accept = (answer: HttpResponse) => answer.status === 403 && source.classifyError(answer) !== undefined;
    const { listing } = await getList(http, one, { order: 'descending', filter, page: 1, limit: 1, accept }, signal);
    if (!listing) continue;
    const { records } = listing;
    if (records.some((record) => source.ownerOf?.(record) === owner)) return { isShown: true, isContradicted };
    if (one !== streams[0]) isContradicted ||= (await ownersStored(db.pool, one, [owner])).length > 0;
  }
  return { isShown: false, isContradicted };
}

/** True if the source still shows a record of one of the owners, in any stream. */
export async function isShownAnywhere(
  context: SyncContext,
  stream: Stream,
  owners: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const streams = everyStream(context, stream);
  for (const owner of owners) if ((await look(context, streams, owner, signal)).isShown) return true;
  return false;
}

/** Requests a list that the source has: an address that returns 404 for everything must not pass for a deletion. */
async function requireList({ http, source }: SyncContext, signal: AbortSignal): Promise<void> {
  const [listed] = source.streams.map((stream) => (stream.discovery.by === 'id' ? stream.discovery.in : stream));
  if (!listed) return;
  await firstPage(http, listed, { filter: listed.scope, limit: 1 }, signal);
}

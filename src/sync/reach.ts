import type { SyncContext } from './context.ts';
import { NothingShownError } from '../model/errors.ts';
import type { HttpResponse } from '../extract/response.ts';
import { firstPage, getList } from '../extract/list.ts';
import { countDisputed, shownOwners, shownRecords, type Reach } from '../ledger/sightings.ts';
import { ownersStored } from '../load/tombstones.ts';
import { refOf, type Stream } from '../model/stream.ts';

/** What the source's credential was ever shown of a stream: what a walk or a sample may ask for. Sends no request. */
export async function shownReach({ db, source }: SyncContext, stream: Stream): Promise<Reach> {
  if (stream.ownerColumn === null) return shownRecords(db.pool, source, stream);
  return { owners: await shownOwners(db.pool, source, stream) };
}

/**
 * The one rule of deletions: a 404 proves one only where this credential was shown the record, or records of its owner,
 * before, and is shown its owner still. An owner that the walk at hand did not show is asked for; that costs requests only
 * where something of it is stored. Without a walk, a source whose records name no owner is asked whether it answers at all.
 * Throws a NothingShownError when a walk was shown nothing of whom the settings name.
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

/** The same, found out when it is first asked for, and once. */
export function lazyReach(...asked: Parameters<typeof reachOf>): () => Promise<Reach> {
  let reach: Promise<Reach> | undefined;
  return () => (reach ??= reachOf(...asked));
}

/** Says where another address shows the same records: nobody can tell whose one is that this address does not have. */
function warnOfDisputed({ log }: SyncContext, stream: Stream, disputed: number): void {
  if (disputed === 0) return;
  log.warn(
    { ...refOf(stream), disputed },
    `another address shows ${disputed} of the same records of ${stream.name}: none of them gets a tombstone until a week after the last walk there; see "Another address, token or organization" in docs/operations.md`,
  );
}

/**
 * Owners that the source shows to the credential. One that is shown no more counts where it was the only one ever, and no
 * other stream has records of it that should be listed: then its last record is deleted. Where a list is all that there is,
 * it must show a record itself: one that is empty for no reason says of each record that it does not exist.
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

/** Throws when a filter by owner shows nothing, here or in any other stream: it, or the credential, is a wrong one. */
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

/** The owner that the settings name, if any. */
const wantedOwner = ({ ownerColumn, scope }: Stream) => (ownerColumn === null ? undefined : scope[ownerColumn]);

/** The owner that the settings name, otherwise all that are known. */
function inScope(stream: Stream, known: readonly string[]): readonly string[] {
  const wanted = wantedOwner(stream);
  return wanted === undefined ? known : [wanted];
}

/** A stream, and all others of its source. */
const everyStream = ({ source }: SyncContext, stream: Stream): Stream[] => [
  stream,
  ...source.streams.filter(({ name }) => name !== stream.name),
];

/**
 * Asks each stream for one record of an owner until one comes. Contradicted: another than the first one that may be read lists
 * none, although some are stored. A stream that the source says may not be read proves nothing; a proxy's refusal is an error.
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

/** True when the source still shows a record of one of the owners, in whichever stream. */
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

/** Asks for a list that the source has: an address that answers 404 to everything must not pass for a deletion. */
async function requireList({ http, source }: SyncContext, signal: AbortSignal): Promise<void> {
  const [listed] = source.streams.map((stream) => (stream.discovery.by === 'id' ? stream.discovery.in : stream));
  if (!listed) return;
  await firstPage(http, listed, { filter: listed.scope, limit: 1 }, signal);
}

import { fine, problem, problemOf, skipped, type Check } from '../model/check.ts';
import { formatError, FatalError, RetryableError } from '../model/errors.ts';
import { isObject } from '../model/json.ts';
import type { Logger } from '../model/log.ts';
import type { Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import type { Answer } from './answer.ts';
import { createProber, type Probe, type Prober } from './probe.ts';

/** More than this between the clocks is a problem. */
const MOST_SKEW_MS = 30_000;

/** An id that no record has: a missing permission may still show. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Checks a source: whether its API answers, in the pinned version, whether it accepts the credential, each right, whose
 * records it shows, and the clock. Sends a request a stream, and up to two more where an organization is set.
 */
export async function checkSource(source: Source, log: Logger, signal: AbortSignal): Promise<Check[]> {
  const looker = createProber(source, log);
  try {
    const looks = await lookAll(looker, source, signal);
    return [
      checkApi(source, looks),
      ...checkVersion(source, looks),
      checkCredential(source, looks),
      ...source.streams.map((stream) => checkRight(source, stream, looks)),
      ...(await checkOwner(looker, source, looks, signal)),
      checkClock(source, looks),
    ];
  } finally {
    await looker.close();
  }
}

/** One look a stream; none any more once no answer came. Streams without a list come last: ids are in the others. */
async function lookAll(looker: Prober, { streams }: Source, signal: AbortSignal): Promise<Probe[]> {
  const looks: Probe[] = [];
  const isLast = ({ discovery }: Stream) => Number(discovery.by === 'id');
  for (const stream of streams.toSorted((one, other) => isLast(one) - isLast(other))) {
    looks.push(await lookAt(looker, stream, looks, signal));
    if (looks.at(-1)?.answer === undefined) break;
  }
  return looks;
}

function lookAt(looker: Prober, stream: Stream, earlier: readonly Probe[], signal: AbortSignal): Promise<Probe> {
  const { discovery } = stream;
  if (discovery.by !== 'id') return looker.atList(stream, stream.scope, signal);
  const records = earlier.find((look) => look.stream === discovery.in)?.records ?? [];
  return looker.atRecord(stream, records.flatMap(discovery.idsOf)[0] ?? NO_ID, signal);
}

const statusOf = ({ answer }: Probe) => answer?.status ?? 0;

/** True when the API itself refuses; what something in between says tells nothing about credential and rights. */
const isRefused = (look: Probe, status: number) => look.error instanceof FatalError && statusOf(look) === status;

/** True when the answer does not repeat the version that was asked for. */
const isOtherVersion = ({ access: { pin } }: Source, { answer }: Probe) =>
  pin !== null && answer?.header(pin.header) !== pin.version;

/** True when nothing is learnt about credential and rights: no answer, or not one of this API. */
function isBroken(source: Source, look: Probe): boolean {
  if (look.error === undefined) return false;
  const status = statusOf(look);
  return look.error instanceof RetryableError || status < 400 || (status === 404 && !isOtherVersion(source, look));
}

function checkApi(source: Source, looks: readonly Probe[]): Check {
  const check = `${source.name}.api`;
  const broken = looks.find((look) => isBroken(source, look));
  if (broken) return problemOf(check, broken.error, adviceFor(source, statusOf(broken)));
  const way = source.proxy ? `, through the proxy ${source.proxy.origin}` : '';
  return fine(check, `${new URL(source.url).origin} answers${way}`);
}

function adviceFor({ access: { settings }, proxy }: Source, status: number): string {
  if (status === 0) return `check ${settings.url}, and that ${proxy ? 'the proxy' : 'this machine'} reaches it`;
  if (status === 429) return 'try again in a minute; others use the same limit';
  return status < 500 ? `check ${settings.url}: this is another address, or its API has changed` : 'try again later';
}

function checkVersion(source: Source, looks: readonly Probe[]): Check[] {
  const { pin, settings } = source.access;
  if (pin === null) return [];
  const check = `${source.name}.version`;
  const telling = looks.find((look) => isRefused(look, 404) || (statusOf(look) === 200 && !look.error));
  if (!telling) return [skipped(check, 'no answer tells it')];
  if (!isOtherVersion(source, telling)) return [fine(check, `answers are of version ${pin.version}`)];
  const advice = `set ${settings.version} to a version that ${source.name} serves`;
  const answered = telling.answer?.header(pin.header) ?? 'none';
  if (telling.error) return [problemOf(check, telling.error, advice)];
  return [problem(check, `version ${pin.version} was asked for, the answer is of version ${answered}`, advice)];
}

const credentialCheck = ({ name, access }: Source) => `${name}.${access.credential}`;

function checkCredential(source: Source, looks: readonly Probe[]): Check {
  const check = credentialCheck(source);
  const refused = looks.find((look) => isRefused(look, 401));
  if (refused) return problemOf(check, refused.error, 'set a valid one');
  const isAccepted = looks.some((look) => isRefused(look, 403) || (statusOf(look) === 200 && !look.error));
  return isAccepted ? fine(check, 'accepted') : skipped(check, seeOther(source, looks[0]));
}

function checkRight(source: Source, stream: Stream, looks: readonly Probe[]): Check {
  const check = `${source.name}.${source.access.rights}.${stream.permission}`;
  const look = looks.find((one) => one.stream === stream);
  if (!look || isBroken(source, look) || statusOf(look) === 401 || (look.error && statusOf(look) === 404))
    return skipped(check, seeOther(source, look));
  if (look.error && statusOf(look) !== 403)
    return problem(check, formatError(look.error), `check the settings of ${source.name}; or its API has changed`);
  if (look.error) return problemOf(check, look.error, `give the ${source.access.credential} ${stream.permission}`);
  const isFound = stream.discovery.by !== 'id' || look.records.length > 0;
  return isFound ? fine(check, `${stream.name} may be read`) : skipped(check, 'no record is known to try it with');
}

/** Where it says why something could not be checked. */
function seeOther(source: Source, look: Probe | undefined): string {
  if (look && isRefused(look, 401)) return `see ${credentialCheck(source)}`;
  return look && !isBroken(source, look) ? `see ${source.name}.version` : `see ${source.name}.api`;
}

/** Whether the records are those of the owner that is set; where none is set, whether all have one owner. */
async function checkOwner(
  looker: Prober,
  source: Source,
  looks: readonly Probe[],
  signal: AbortSignal,
): Promise<Check[]> {
  const { credential, settings } = source.access;
  const owner = source.streams[0]?.owner;
  if (!owner || settings.owner === null) return [];
  const check = `${source.name}.${owner.replace(/_id$/, '')}`;
  const readable = looks.filter((look) => !look.error);
  if (readable.length === 0) return [skipped(check, seeOther(source, looks[0]))];
  const wanted = readable[0]?.stream.scope[owner];
  const seen = ownersOf(owner, readable);
  const isUnseen = wanted !== undefined && seen.length === 0;
  const others = isUnseen ? ownersOf(owner, await lookUnfiltered(looker, readable, signal)) : [];
  const choose = (owners: string[]) => `set ${settings.owner} to ${owners.join(' or ')}`;
  if (others.length > 0) return [problem(check, `the ${credential} sees nothing of ${wanted}`, choose(others))];
  if (seen.length > 1) return [problem(check, `the ${credential} sees ${seen.length} of them`, choose(seen))];
  return [seen[0] === undefined ? skipped(check, 'there are no records that tell it') : fine(check, seen[0])];
}

/** The owners that the records name, each once. */
function ownersOf(column: string, looks: readonly Probe[]): string[] {
  const named = looks.flatMap(({ records }) =>
    records.map((record) => (isObject(record) ? record[column] : undefined)),
  );
  return [...new Set(named.filter((owner) => typeof owner === 'string'))];
}

async function lookUnfiltered(looker: Prober, looks: readonly Probe[], signal: AbortSignal): Promise<Probe[]> {
  const found: Probe[] = [];
  for (const { stream } of looks) found.push(await looker.atList(stream, {}, signal));
  return found;
}

function checkClock({ name }: Source, looks: readonly Probe[]): Check {
  const check = `${name}.clock`;
  const skews = looks.flatMap(({ answer }) => (answer ? [skewOf(answer)] : []));
  const skew = skews.find((ms) => ms !== undefined);
  if (skew === undefined) return skipped(check, 'no answer tells the time');
  const seconds = Math.round(Math.abs(skew) / 1000);
  const found = `this clock is ${seconds} s ${skew < 0 ? 'behind' : 'ahead of'} that of ${name}`;
  if (Math.abs(skew) <= MOST_SKEW_MS) return fine(check, seconds === 0 ? 'no difference' : found);
  return problem(check, found, 'keep it in step by NTP: webhooks are refused otherwise');
}

/** How far this clock is ahead of that of the answer at least, in ms: its `Date` is of some moment between sending and receiving, cut to seconds. */
function skewOf({ header, sentAt, observedAt }: Answer): number | undefined {
  const date = Date.parse(header('date') ?? '');
  if (Number.isNaN(date)) return undefined;
  const [ahead, behind] = [Date.parse(sentAt) - (date + 1000), date - Date.parse(observedAt)];
  return behind > 0 ? -behind : Math.max(0, ahead);
}

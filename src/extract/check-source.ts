import { fine, problem, failedCheck, skipped, type CheckResult } from '../model/check.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { formatError, FatalError, RetryableError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import type { Source } from '../model/source.ts';
import { labelOf, type Stream } from '../model/stream.ts';
import { NO_ID } from './record.ts';
import type { HttpResponse } from './response.ts';
import { createProber, type Probe, type Prober } from './probe.ts';

/** A larger difference between the clocks is a problem. */
const MOST_SOURCE_SKEW_MS = 30_000;

/** A source in the names of its checks: `polar`, or `polar/acme` where the account has a name. */
const labelFor = ({ name, account }: Source) => labelOf({ account, stream: name });

/** The checks of a source, and how many records its lists count, by stream. */
export interface ExaminedSource {
  checks: CheckResult[];
  totals: ReadonlyMap<string, number>;
}

/** Checks a source as {@link examineSource} does. */
export const checkSource = async (source: Source, log: Logger, signal: AbortSignal): Promise<CheckResult[]> =>
  (await examineSource(source, log, signal)).checks;

/**
 * Checks a source: its API, the pinned version, the credential, each right, the owner of the records, and the clock. Sends one
 * request per stream, and one more per stream if the organization of the settings shows nothing.
 */
export async function examineSource(source: Source, log: Logger, signal: AbortSignal): Promise<ExaminedSource> {
  const prober = createProber(source, log);
  try {
    const probes = await probeAll(prober, source, signal);
    const checks = [
      checkApi(source, probes),
      ...checkVersion(source, probes),
      checkCredential(source, probes),
      ...checkRights(source, probes),
      ...(await checkOwner(prober, source, probes, signal)),
      checkSourceClock(source, probes),
    ];
    return { checks, totals: listTotals(probes) };
  } finally {
    await prober.close();
  }
}

const listTotals = (probes: readonly Probe[]) =>
  new Map(probes.flatMap(({ stream, total }) => (total === undefined ? [] : [[stream.name, total] as const])));

/** The streams that are walked, and those that hold their ids. */
function requestedStreams({ streams }: Source): Stream[] {
  const holders = streams.flatMap(({ discovery }) => (discovery.by === 'id' ? [discovery.in] : []));
  return [...streams, ...holders.filter((holder) => !streams.some(({ name }) => name === holder.name))];
}

/** Sends one request per stream, and stops when there is no response. Streams without a list come last: the others hold their ids. */
async function probeAll(prober: Prober, source: Source, signal: AbortSignal): Promise<Probe[]> {
  const probes: Probe[] = [];
  const isLast = ({ discovery }: Stream) => Number(discovery.by === 'id');
  for (const stream of requestedStreams(source).toSorted((one, other) => isLast(one) - isLast(other))) {
    probes.push(await probeStream(prober, stream, probes, signal));
    if (probes.at(-1)?.answer === undefined) break;
  }
  return probes;
}

function probeStream(prober: Prober, stream: Stream, earlier: readonly Probe[], signal: AbortSignal): Promise<Probe> {
  const { discovery } = stream;
  if (discovery.by !== 'id') return prober.atList(stream, stream.scope, signal);
  const records = earlier.find((probe) => probe.stream.name === discovery.in.name)?.records ?? [];
  return prober.atRecord(stream, records.flatMap(discovery.idsOf)[0] ?? NO_ID, signal);
}

const responseStatus = ({ answer }: Probe) => answer?.status ?? 0;

/** True when the API itself refuses. A refusal by something in between says nothing about credential and rights. */
const isRefused = (probe: Probe, status: number) =>
  probe.error instanceof FatalError && responseStatus(probe) === status;

/** True when the response does not repeat the requested version. */
const isOtherVersion = ({ access: { pin } }: Source, { answer }: Probe) =>
  pin !== null && answer?.header(pin.header) !== pin.version;

/** True when the probe shows nothing about credential and rights: no response, or not one of this API. */
function isBroken(source: Source, probe: Probe): boolean {
  if (probe.error === undefined) return false;
  const status = responseStatus(probe);
  return probe.error instanceof RetryableError || status < 400 || (status === 404 && !isOtherVersion(source, probe));
}

function checkApi(source: Source, probes: readonly Probe[]): CheckResult {
  const check = `${labelFor(source)}.api`;
  const broken = probes.find((probe) => isBroken(source, probe));
  if (broken) return failedCheck(check, broken.error, adviceFor(source, responseStatus(broken)));
  const way = source.proxy ? `, through the proxy ${source.proxy.origin}` : '';
  return fine(check, `${new URL(source.url).origin} responds${way}`);
}

function adviceFor({ access: { settings }, proxy }: Source, status: number): string {
  if (status === 0) return `check ${settings.url}, and that ${proxy ? 'the proxy' : 'this machine'} reaches it`;
  if (status === 429) return 'try again in a minute; others use the same limit';
  return status < 500 ? `check ${settings.url}: this is another address, or its API has changed` : 'try again later';
}

function checkVersion(source: Source, probes: readonly Probe[]): CheckResult[] {
  const { pin, settings } = source.access;
  if (pin === null) return [];
  const check = `${labelFor(source)}.version`;
  const telling = probes.find((probe) => isRefused(probe, 404) || (responseStatus(probe) === 200 && !probe.error));
  if (!telling) return [skipped(check, 'no response names it')];
  if (!isOtherVersion(source, telling)) return [fine(check, `responses are of version ${pin.version}`)];
  const advice = `set ${settings.version} to a version that ${source.name} serves`;
  const answered = telling.answer?.header(pin.header) ?? 'none';
  if (telling.error) return [failedCheck(check, telling.error, advice)];
  const found = `version ${pin.version} was requested, the response is of version ${answered}`;
  return [problem(check, { code: 'CS4203', found, advice })];
}

const credentialCheck = (source: Source) => `${labelFor(source)}.${source.access.credential}`;

function checkCredential(source: Source, probes: readonly Probe[]): CheckResult {
  const check = credentialCheck(source);
  const refused = probes.find((probe) => isRefused(probe, 401));
  if (refused) return failedCheck(check, refused.error, 'set a valid one');
  const isAccepted = probes.some((probe) => isRefused(probe, 403) || (responseStatus(probe) === 200 && !probe.error));
  return isAccepted ? fine(check, 'accepted') : skipped(check, seeOther(source, probes[0]));
}

/** Checks each right once: what is wrong with one of its streams, or which streams may be read with it. */
function checkRights(source: Source, probes: readonly Probe[]): CheckResult[] {
  return [...Map.groupBy(requestedStreams(source), ({ permission }) => permission).values()].flatMap((streams) => {
    const results = streams.map((stream) => checkRight(source, stream, probes));
    const wrong = results.find(({ state }) => state === 'problem');
    const found = [...new Set(results.map((result) => result.found))].join(', ');
    return wrong ?? results.slice(0, 1).map((first) => ({ ...first, found }));
  });
}

function checkRight(source: Source, stream: Stream, probes: readonly Probe[]): CheckResult {
  const check = `${labelFor(source)}.${source.access.rights}.${stream.permission}`;
  const probe = probes.find((one) => one.stream === stream);
  if (
    !probe ||
    isBroken(source, probe) ||
    responseStatus(probe) === 401 ||
    (probe.error && responseStatus(probe) === 404)
  )
    return skipped(check, seeOther(source, probe));
  if (probe.error && responseStatus(probe) !== 403)
    return problem(check, {
      code: errorCodeOf(probe.error),
      found: formatError(probe.error),
      advice: `check the settings of ${source.name}; or its API has changed`,
    });
  if (probe.error && stream.isOptional)
    return skipped(check, `the ${source.access.credential} does not have it: ${stream.name} is left out until it does`);
  if (probe.error) return failedCheck(check, probe.error, `give the ${source.access.credential} ${stream.permission}`);
  const isFound = stream.discovery.by !== 'id' || probe.records.length > 0;
  return isFound ? fine(check, `${stream.name} may be read`) : skipped(check, 'no record is known to try it with');
}

/** Names the check that says why something could not be checked. */
function seeOther(source: Source, probe: Probe | undefined): string {
  if (probe && isRefused(probe, 401)) return `see ${credentialCheck(source)}`;
  return probe && !isBroken(source, probe) ? `see ${labelFor(source)}.version` : `see ${labelFor(source)}.api`;
}

/** Checks that the records belong to the configured owner, or, where none is configured, to a single owner. */
async function checkOwner(
  prober: Prober,
  source: Source,
  probes: readonly Probe[],
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const { credential, settings } = source.access;
  const column = source.streams[0]?.ownerColumn;
  if (!column || settings.owner === null) return [];
  const check = `${labelFor(source)}.${column.replace(/_id$/, '')}`;
  const readable = probes.filter((probe) => !probe.error);
  if (readable.length === 0) return [skipped(check, seeOther(source, probes[0]))];
  const wanted = readable[0]?.stream.scope[column];
  const seen = ownersOf(source, readable);
  const isUnseen = wanted !== undefined && seen.length === 0;
  const others = isUnseen ? ownersOf(source, await probeUnfiltered(prober, readable, signal)) : [];
  const unclear = (found: string, owners: string[]) => [
    problem(check, { code: 'CS4208', found, advice: `set ${settings.owner} to ${owners.join(' or ')}` }),
  ];
  if (others.length > 0) return unclear(`the ${credential} sees nothing of ${wanted}`, others);
  if (seen.length > 1) return unclear(`the ${credential} sees ${seen.length} of them`, seen);
  return [seen[0] === undefined ? skipped(check, 'there are no records that name it') : fine(check, seen[0])];
}

/** Returns the owners of the records, each once. */
const ownersOf = ({ ownerOf }: Source, probes: readonly Probe[]): string[] => [
  ...new Set(probes.flatMap(({ records }) => records.flatMap((record) => ownerOf?.(record) ?? []))),
];

async function probeUnfiltered(prober: Prober, probes: readonly Probe[], signal: AbortSignal): Promise<Probe[]> {
  const found: Probe[] = [];
  for (const { stream } of probes) found.push(await prober.atList(stream, {}, signal));
  return found;
}

function checkSourceClock(source: Source, probes: readonly Probe[]): CheckResult {
  const { name } = source;
  const check = `${labelFor(source)}.clock`;
  const skews = probes.flatMap(({ answer }) => (answer ? [skewOf(answer)] : []));
  const skew = skews.find((ms) => ms !== undefined);
  if (skew === undefined) return skipped(check, 'no response tells the time');
  const seconds = Math.round(Math.abs(skew) / 1000);
  const found = `this clock is ${seconds} s ${skew < 0 ? 'behind' : 'ahead of'} that of ${name}`;
  if (Math.abs(skew) <= MOST_SOURCE_SKEW_MS) return fine(check, seconds === 0 ? 'no difference' : found);
  return problem(check, { code: 'CS4209', found, advice: 'synchronize it by NTP: otherwise webhooks are refused' });
}

/** Returns how far this clock is at least ahead of the source's, in ms. The `Date` header is some moment between sending and receiving, cut to seconds. */
function skewOf({ header, sentAt, observedAt }: HttpResponse): number | undefined {
  const date = Date.parse(header('date') ?? '');
  if (Number.isNaN(date)) return undefined;
  const [ahead, behind] = [Date.parse(sentAt) - (date + 1000), date - Date.parse(observedAt)];
  return behind > 0 ? -behind : Math.max(0, ahead);
}

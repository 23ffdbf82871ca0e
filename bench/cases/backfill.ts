import { inRounds, type Bench, type Case } from '../case.ts';
import { countRows, tablesOf } from '../cluster.ts';
import { figuresOf, figureTable, ratioTable, type Figures, type Measured } from '../figures.ts';
import type { Cost } from '../measure.ts';
import { runFloor, walkOurs, type MeasuredPlace } from '../ours.ts';
import { install, PEER_TABLES, peers, runPeer, type Peer } from '../peers/peer.ts';
import { servePolar, serveStripe } from '../processes.ts';
import { medians, number, ratio, type Outcome, type Table, type Target } from '../report.ts';

const OURS = 'checkout-sync';
const FLOOR = 'the floor';
const LATENCY_MS = 100;
const MOST_MB = 310;

/** A first walk of everything, compared with the other engines and with the floor. */
export const backfill: Case = {
  name: 'backfill',
  async run(bench): Promise<Outcome> {
    const sessions = bench.isQuick ? 3000 : 50_000;
    for (const peer of peers) await install(peer);
    const near = await sideBySide(bench, sessions, 0);
    const far = await sideBySide(bench, sessions, LATENCY_MS);
    return {
      tables: [...tablesFor(near, 0), ...tablesFor(far, LATENCY_MS)],
      targets: targetsOf(near.medians, far.medians),
      figures: { near: near.rounds, far: far.rounds },
    };
  },
};

/** Figures by engine. */
type ByEngine = Record<string, Figures>;

interface Compared {
  rounds: ByEngine[];
  medians: ByEngine;
}

async function sideBySide(bench: Bench, sessions: number, latencyMs: number): Promise<Compared> {
  const rounds = await inRounds(bench, `backfill of ${sessions} sessions at ${latencyMs} ms`, async () => {
    const figures: ByEngine = { [OURS]: await ours(bench, sessions, latencyMs) };
    if (latencyMs === 0) figures[FLOOR] = await floor(bench, sessions);
    for (const peer of peers)
      figures[peer.name] = await theirs(bench, peer, sessionsFor(bench, peer, latencyMs, sessions), latencyMs);
    return figures;
  });
  const names = Object.keys(rounds[0] ?? {});
  const middle = names.map((name) => [name, medians(rounds.flatMap((round) => round[name] ?? []))] as const);
  return { rounds, medians: Object.fromEntries(middle) };
}

/** With latency, an engine that makes a request per session, in turn, would take hours: it gets fewer, and its rates count. */
const sessionsFor = ({ isQuick }: Bench, { isPerSession }: Peer, latencyMs: number, sessions: number) =>
  isPerSession && latencyMs > 0 ? (isQuick ? 100 : 1000) : sessions;

const ours = (bench: Bench, sessions: number, latencyMs: number): Promise<Figures> =>
  storing(bench, { sessions, latencyMs }, async (place) => {
    const run = await walkOurs('full', place.cluster, place.databaseUrl, place.source);
    if (run.inserted !== sessions) throw new Error(`${run.inserted} of ${sessions} sessions were stored`);
    return run;
  });

const floor = (bench: Bench, sessions: number): Promise<Figures> =>
  storing(bench, { sessions, latencyMs: 0 }, (place) => runFloor(sessions, place));

/** Stores all sessions of a simulated Polar in an empty database. */
async function storing(
  { cluster }: Bench,
  { sessions, latencyMs }: { sessions: number; latencyMs: number },
  store: (place: MeasuredPlace) => Promise<Cost>,
): Promise<Figures> {
  const databaseUrl = await cluster.create('ours');
  const source = await servePolar({ sessions, latencyMs });
  try {
    const cost = await store({ cluster, databaseUrl, source });
    const stored = await countRows(databaseUrl, ['polar.checkouts']);
    if (stored !== sessions) throw new Error(`${stored} of ${sessions} sessions are there`);
    return figuresOf(sessions, await countRows(databaseUrl, await tablesOf(databaseUrl, 'polar')), cost);
  } finally {
    await source.stop();
    await cluster.drop('ours');
  }
}

async function theirs({ cluster }: Bench, peer: Peer, sessions: number, latencyMs: number): Promise<Figures> {
  const url = await cluster.create('theirs');
  const source = await serveStripe({ sessions, latencyMs });
  try {
    const cost = await runPeer(peer, cluster, url, source);
    const stored = await countRows(url, PEER_TABLES.slice(0, 1));
    if (stored !== sessions) throw new Error(`${peer.name} stored ${stored} of ${sessions} sessions`);
    return figuresOf(sessions, await countRows(url, PEER_TABLES), cost);
  } finally {
    await source.stop();
    await cluster.drop('theirs');
  }
}

const NOTE =
  'Engine, Postgres and source server share the machine: only ratios within one run compare. All sources serve bodies of the same size per session, prepared beforehand. Rows stored are ours with all that nests in a session, theirs sessions. The floor stores the rows of our tables without any guard.';

function tablesFor({ medians: all }: Compared, latencyMs: number): Table[] {
  const title = `Backfill, ${latencyMs} ms latency`;
  const measured: Measured[] = Object.entries(all).map(([name, figures]) => ({ name, figures }));
  const [first, ...others] = measured;
  if (!first) return [];
  return [figureTable(title, measured, NOTE), ratioTable(`${title}: ratios`, first.figures, others)];
}

function targetsOf(near: ByEngine, far: ByEngine): Target[] {
  const [mine, ourFar, least, stripe] = [near[OURS], far[OURS], near[FLOOR], near[peers[0]?.name ?? '']];
  if (!mine || !ourFar || !least || !stripe) return [];
  const better = Math.max(...peers.map(({ name }) => far[name]?.sessionsPerSecond ?? 0));
  return [
    atMost('backfill: time, of the floor', 1.15, mine.seconds, least.seconds),
    atMost('backfill: CPU of engine and Postgres, of the floor', 1.2, cpuOf(mine), cpuOf(least)),
    atLeast(
      'backfill: sessions per second, of @stripe/sync-engine',
      6,
      mine.sessionsPerSecond,
      stripe.sessionsPerSecond,
    ),
    atMost('backfill: CPU of engine and Postgres, of @stripe/sync-engine', 0.15, cpuOf(mine), cpuOf(stripe)),
    atMost('backfill: WAL, of @stripe/sync-engine', 0.4, mine.walMb, stripe.walMb),
    atLeast(
      `backfill at ${LATENCY_MS} ms: sessions per second, of the better engine`,
      4,
      ourFar.sessionsPerSecond,
      better,
    ),
    {
      name: 'backfill: peak memory',
      target: `≤ ${MOST_MB} MB`,
      measured: `${number(mine.peakMb)} MB`,
      isMet: mine.peakMb <= MOST_MB,
    },
  ];
}

const cpuOf = ({ cpuSeconds, postgresCpuSeconds }: Figures) => cpuSeconds + postgresCpuSeconds;

const atMost = (name: string, times: number, value: number, other: number): Target => ({
  name,
  target: `≤ ${times} ×`,
  measured: ratio(value, other),
  isMet: value <= times * other,
});

const atLeast = (name: string, times: number, value: number, other: number): Target => ({
  name,
  target: `≥ ${times} ×`,
  measured: ratio(value, other),
  isMet: value >= times * other,
});

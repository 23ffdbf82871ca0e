import { inRounds, type Bench, type Case } from '../case.ts';
import { countRows, tablesOf } from '../cluster.ts';
import { copyFigures, figuresOf, figureTable, ratioTable, type Figures, type Measured } from '../figures.ts';
import { copyLimit } from '../limit.ts';
import { walkOurs } from '../ours.ts';
import { install, PEER_TABLES, peers, runPeer, type Peer } from '../peers/peer.ts';
import { servePolar, serveStripe } from '../processes.ts';
import { medians, number, ratio, type Outcome, type Table, type Target } from '../report.ts';

const OURS = 'checkout-sync';
const BARE = 'bare COPY';
const KEYED = 'COPY with keys and indexes';
const LATENCY_MS = 100;

/** Everything read for the first time, compared with the other engines and with the limit. */
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
    const figures = await ours(bench, sessions, latencyMs);
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

async function ours({ cluster }: Bench, sessions: number, latencyMs: number): Promise<ByEngine> {
  const url = await cluster.create('ours');
  const source = await servePolar({ sessions, latencyMs });
  try {
    const run = await walkOurs('full', cluster, url, source);
    if (run.inserted !== sessions) throw new Error(`${run.inserted} of ${sessions} sessions were stored`);
    const figures: ByEngine = {};
    figures[OURS] = figuresOf(sessions, await countRows(url, await tablesOf(url, 'polar')), run);
    if (latencyMs > 0) return figures;
    const { bare, keyed } = await copyLimit(url);
    figures[BARE] = copyFigures(sessions, bare.rows, bare.durationMs, bare.walBytes);
    figures[KEYED] = copyFigures(sessions, keyed.rows, keyed.durationMs, keyed.walBytes);
    return figures;
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
  'Engine, Postgres and source server share the machine: CPU per row compares, seconds depend on the cores. Both sources serve bodies prepared beforehand. Ours are nested sessions of 10.8 kB, theirs sessions of 1.7 kB; rows stored are sessions and all that nests in them.';

function tablesFor({ medians: all }: Compared, latencyMs: number): Table[] {
  const title = `Backfill, ${latencyMs} ms latency`;
  const measured: Measured[] = Object.entries(all).map(([name, figures]) => ({ name, figures }));
  const [first, ...others] = measured;
  if (!first) return [];
  return [figureTable(title, measured, NOTE), ratioTable(`${title}: ratios`, first.figures, others)];
}

function targetsOf(near: ByEngine, far: ByEngine): Target[] {
  const [ourNear, ourFar, bare] = [near[OURS], far[OURS], near[BARE]];
  const [stripe, supabase] = peers.map(({ name }) => near[name]);
  if (!ourNear || !ourFar || !bare || !stripe || !supabase) return [];
  const better = Math.max(...peers.map(({ name }) => far[name]?.sessionsPerSecond ?? 0));
  const leastCpu = Math.min(stripe.cpuMicrosPerRow, supabase.cpuMicrosPerRow);
  const share = (100 * ourNear.rowsPerSecond) / bare.rowsPerSecond;
  return [
    atLeast('backfill, 0 ms, vs @stripe/sync-engine', 5, ourNear.sessionsPerSecond, stripe.sessionsPerSecond),
    atLeast(
      'backfill, 0 ms, vs @supabase/stripe-sync-engine',
      12,
      ourNear.sessionsPerSecond,
      supabase.sessionsPerSecond,
    ),
    {
      name: 'backfill, 0 ms, rows/s vs bare COPY',
      target: '≥ 40 %',
      measured: `${number(share, 1)} %`,
      isMet: share >= 40,
    },
    atLeast(`backfill, ${LATENCY_MS} ms, vs the better engine`, 4, ourFar.sessionsPerSecond, better),
    {
      name: 'engine CPU per stored row vs the better engine',
      target: '≤ 0.20 ×',
      measured: ratio(ourNear.cpuMicrosPerRow, leastCpu),
      isMet: ourNear.cpuMicrosPerRow <= leastCpu / 5,
    },
  ];
}

const atLeast = (name: string, times: number, value: number, other: number): Target => ({
  name,
  target: `≥ ${times} ×`,
  measured: ratio(value, other),
  isMet: value >= times * other,
});

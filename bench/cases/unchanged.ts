import { setTimeout as pause } from 'node:timers/promises';
import { inRounds, type Bench, type Case } from '../case.ts';
import { rowsWritten, settle, tablesOf } from '../cluster.ts';
import type { Cost } from '../measure.ts';
import { walkOurs } from '../ours.ts';
import { install, PEER_TABLES, peers, runPeer, type Peer } from '../peers/peer.ts';
import { servePolar, serveStripe } from '../processes.ts';
import { medians, megabytes, number, type Outcome, type Target } from '../report.ts';

/** A second walk of everything with nothing changed, right after a checkpoint, when each touched page costs most. */
export const unchanged: Case = {
  name: 'unchanged',
  async run(bench): Promise<Outcome> {
    const sessions = bench.isQuick ? 1000 : 20_000;
    for (const peer of peers) await install(peer);
    const rounds = { 'checkout-sync': await ours(bench, sessions) } as Record<string, Again[]>;
    for (const peer of peers) rounds[peer.name] = await theirs(bench, peer, sessions);
    const middle = Object.entries(rounds).map(([name, found]) => [name, medians(found)] as const);
    return {
      tables: [
        {
          title: `Second walk of ${number(sessions)} sessions, nothing changed`,
          head: ['engine', 'rows written', 'WAL MB', 'seconds', 'engine CPU s', 'requests'],
          rows: middle.map(([name, { written, walBytes, durationMs, cpuSeconds, requests }]) => [
            name,
            number(written),
            megabytes(walBytes, 3),
            number(durationMs / 1000, 2),
            number(cpuSeconds, 2),
            number(requests),
          ]),
          note: 'After VACUUM and a checkpoint. Rows written are inserts and updates in the tables of the data, as Postgres counts them.',
        },
      ],
      targets: middle.slice(0, 1).flatMap(([, found]) => targetsOf(found)),
      figures: rounds,
    };
  },
};

/** The cost of another walk. */
type Again = Pick<Cost, 'walBytes' | 'durationMs' | 'cpuSeconds' | 'requests'> & { written: number };

function targetsOf({ written, walBytes }: Again): Target[] {
  return [
    { name: 'unchanged walk: rows written', target: '0', measured: number(written), isMet: written === 0 },
    {
      name: 'unchanged walk: WAL',
      target: '≤ 0.1 MB',
      measured: `${megabytes(walBytes, 3)} MB`,
      isMet: walBytes <= 1e5,
    },
  ];
}

/** Walks again, and counts what was written. */
async function again(url: string, tables: readonly string[], walk: () => Promise<Cost>): Promise<Again> {
  await settle(url);
  const before = await rowsWritten(url, tables);
  const { walBytes, durationMs, cpuSeconds, requests } = await walk();
  await pause(500); // until Postgres has counted what the ended sessions did
  const written = (await rowsWritten(url, tables)) - before;
  return { walBytes, durationMs, cpuSeconds, requests, written };
}

async function ours(bench: Bench, sessions: number): Promise<Again[]> {
  const { cluster } = bench;
  const url = await cluster.create('ours');
  const source = await servePolar({ sessions });
  try {
    await walkOurs('full', cluster, url, source);
    const walk = () => walkOurs('full', cluster, url, source);
    const tables = await tablesOf(url, 'polar');
    return await inRounds(bench, 'unchanged walk', () => again(url, tables, walk));
  } finally {
    await source.stop();
    await cluster.drop('ours');
  }
}

async function theirs(bench: Bench, peer: Peer, sessions: number): Promise<Again[]> {
  const { cluster } = bench;
  const url = await cluster.create('theirs');
  const source = await serveStripe({ sessions, latencyMs: 0 });
  try {
    await runPeer(peer, cluster, url, source);
    const walk = () => runPeer(peer, cluster, url, source);
    return await inRounds(bench, `unchanged walk of ${peer.name}`, () => again(url, PEER_TABLES, walk));
  } finally {
    await source.stop();
    await cluster.drop('theirs');
  }
}

import { inRounds, type Bench, type Case } from '../case.ts';
import { walkOurs } from '../ours.ts';
import { servePolar } from '../processes.ts';
import { medians, number, type Outcome } from '../report.ts';

const MOST_GROWTH_MB = 50;

/** Memory of a full backfill for several numbers of sessions: it must not grow with them. */
export const memory: Case = {
  name: 'memory',
  async run(bench): Promise<Outcome> {
    const sizes = bench.isQuick ? [1000, 20_000] : [10_000, 100_000, 1_000_000];
    const found: [number, Round[]][] = [];
    for (const sessions of sizes) {
      const rounds = await inRounds(bench, `memory of ${sessions} sessions`, () => round(bench, sessions));
      found.push([sessions, rounds]);
    }
    return outcomeOf(found);
  },
};

type Round = Record<'peakMb' | 'requests' | 'durationMs' | 'cpuSeconds', number>;

async function round({ cluster }: Bench, sessions: number): Promise<Round> {
  const url = await cluster.create('ours');
  const source = await servePolar({ sessions, isPrepared: false });
  try {
    const { peakMb, requests, durationMs, cpuSeconds } = await walkOurs('full', cluster, url, source);
    return { peakMb, requests, durationMs, cpuSeconds };
  } finally {
    await source.stop();
    await cluster.drop('ours');
  }
}

function outcomeOf(found: readonly [number, Round[]][]): Outcome {
  const middle = found.map(([sessions, rounds]) => ({ sessions, ...medians(rounds) }));
  const [least, most] = [middle[0], middle.at(-1)];
  const growth = (most?.peakMb ?? 0) - (least?.peakMb ?? 0);
  return {
    tables: [
      {
        title: 'Memory of a full backfill',
        head: ['sessions', 'peak MB', 'requests', 'seconds', 'engine CPU µs per session'],
        rows: middle.map(({ sessions, peakMb, requests, durationMs, cpuSeconds }) => [
          number(sessions),
          number(peakMb),
          number(requests),
          number(durationMs / 1000, 1),
          number((cpuSeconds * 1e6) / sessions),
        ]),
        note: 'The source renders each page as it is asked for: a million do not fit into its memory. Seconds are mostly its own.',
      },
    ],
    targets: [
      {
        name: `memory at ${number(most?.sessions ?? 0)} sessions, over that at ${number(least?.sessions ?? 0)}`,
        target: `≤ ${MOST_GROWTH_MB} MB`,
        measured: `${number(growth)} MB`,
        isMet: growth <= MOST_GROWTH_MB,
      },
    ],
    figures: Object.fromEntries(found),
  };
}

import { inRounds, type Bench, type Case } from '../case.ts';
import { session, settle } from '../cluster.ts';
import { ask } from '../control.ts';
import { walPosition } from '../measure.ts';
import { walkOurs } from '../ours.ts';
import { servePolar, type Served } from '../processes.ts';
import { medians, megabytes, number, ratio, type Outcome } from '../report.ts';

/** A full walk after one session in a hundred has changed, compared with an UPDATE of just those rows in a copy. */
export const changed: Case = {
  name: 'changed',
  async run(bench): Promise<Outcome> {
    const sessions = bench.isQuick ? 2000 : 20_000;
    const source = await servePolar({ sessions });
    const url = await bench.cluster.create('ours');
    try {
      await walkOurs('full', bench.cluster, url, source);
      const rounds = await inRounds(bench, 'walk with 1 % changed', () => round(bench, url, source, sessions / 100));
      return outcomeOf(sessions, rounds);
    } finally {
      await source.stop();
      await bench.cluster.drop('ours');
      await bench.cluster.drop('reference');
    }
  },
};

type Round = Record<'updated' | 'walBytes' | 'neededBytes' | 'durationMs' | 'requests', number>;

async function round({ cluster }: Bench, url: string, source: Served, count: number): Promise<Round> {
  await settle(url);
  const reference = await cluster.create('reference', 'ours');
  const ids = await ask<string[]>(source.url, 'change', count);
  await ask(source.url, 'prepare');
  await settle(url);
  const { updated, walBytes, durationMs, requests } = await walkOurs('full', cluster, url, source);
  if (updated !== count) throw new Error(`${updated} rows were updated, not ${count}`);
  await settle(reference);
  return { updated, walBytes, neededBytes: await updateOf(reference, ids), durationMs, requests };
}

/** Returns what one UPDATE of the same columns of these rows writes. */
function updateOf(url: string, ids: readonly string[]): Promise<number> {
  return session(url, async (client) => {
    const before = await walPosition(client);
    await client.query(
      `update polar.checkouts set customer_name = 'Edit ' || left(id::text, 8), modified_at = now(), observed_at = now()
       where id = any($1::uuid[])`,
      [ids],
    );
    return (await walPosition(client)) - before;
  });
}

function outcomeOf(sessions: number, rounds: readonly Round[]): Outcome {
  const { updated, walBytes, neededBytes, durationMs, requests } = medians(rounds);
  return {
    tables: [
      {
        title: `Full walk of ${number(sessions)} sessions, 1 % changed`,
        head: ['rows updated', 'WAL MB', 'WAL MB of an UPDATE of those rows', 'ratio', 'seconds', 'requests'],
        rows: [
          [
            number(updated),
            megabytes(walBytes, 2),
            megabytes(neededBytes, 2),
            ratio(walBytes, neededBytes),
            number(durationMs / 1000, 2),
            number(requests),
          ],
        ],
        note: 'Both right after VACUUM and a checkpoint: the first change of a page writes all of it to the WAL, in both.',
      },
    ],
    targets: [
      {
        name: 'walk with 1 % changed: WAL vs that of the changed rows',
        target: '≤ 3 ×',
        measured: ratio(walBytes, neededBytes),
        isMet: walBytes <= 3 * neededBytes,
      },
    ],
    figures: rounds,
  };
}

import type pg from 'pg';
import { parseConfig } from '../../src/config/config.ts';
import { unseenIds } from '../../src/load/unseen-ids.ts';
import { inRounds, type Bench, type Case } from '../case.ts';
import { session, settle } from '../cluster.ts';
import { fillWithSessions } from '../merchant.ts';
import { walkOurs } from '../ours.ts';
import { freePort, servePolar, startWorker, timeUntil } from '../processes.ts';
import { medians, number, type Outcome, type Target } from '../report.ts';
import { onDatabase } from '../roll-up.ts';

const STREAM = 'polar.checkouts';
/** A run a minute for 90 days, as if none had been deleted. */
const RUNS = 90 * 24 * 60;
const SCRAPES = 20;
const WALK = '00000000-0000-4000-8000-000000000001';
const PAGE = 100;

/** The repeated work of a service besides reading pages: comparing ids at the end of a full walk, and responding to Prometheus. */
export const upkeep: Case = {
  name: 'upkeep',
  async run(bench): Promise<Outcome> {
    const ends: EndsOfWalks[] = [];
    for (const sessions of bench.isQuick ? [20_000] : [1_000_000, 4_000_000])
      ends.push({ sessions, rounds: await endsOfWalks(bench, sessions) });
    const scrapes = await scrapesAfterRuns(bench);
    const { ms: scrapeMs } = medians(scrapes);
    return {
      tables: [
        {
          title: 'Upkeep',
          head: ['', 'measured'],
          rows: [
            ...ends.map(({ sessions, rounds }) => [
              `ids compared at the end of a full walk of ${number(sessions)}`,
              `${number(medians(rounds).ms / 1000, 2)} s`,
            ]),
            [
              `\`/metrics\` after ${number(RUNS)} runs of a stream, the middle of ${SCRAPES}`,
              `${number(scrapeMs, 1)} ms`,
            ],
          ],
        },
      ],
      targets: [
        ...ends.map(endTarget),
        {
          name: '/metrics after 90 days of runs',
          target: '≤ 10 ms',
          measured: `${number(scrapeMs, 1)} ms`,
          isMet: scrapeMs <= 10,
        },
      ],
      figures: { ends, scrapes },
    };
  },
};

/** Times of the ends of full walks of so many sessions. */
interface EndsOfWalks {
  sessions: number;
  rounds: { ms: number }[];
}

function endTarget({ sessions, rounds }: EndsOfWalks): Target {
  const secondsPerMillion = medians(rounds).ms / 1000 / (sessions / 1e6);
  return {
    name: `end of a full walk of ${number(sessions)}, per million`,
    target: '≤ 2.5 s',
    measured: `${number(secondsPerMillion, 2)} s`,
    isMet: secondsPerMillion <= 2.5,
  };
}

/** Times how long a walk of all sessions but one takes to find the one that it did not see. */
async function endsOfWalks(bench: Bench, sessions: number): Promise<{ ms: number }[]> {
  const url = await bench.cluster.create('ours');
  try {
    bench.say(`upkeep: filling ${number(sessions)} sessions`);
    await fillWithSessions(url, sessions);
    const owner = await session(url, seeAllButOne);
    await settle(url);
    return await inRounds(bench, 'end of a full walk', () => endOfWalk(url, owner, sessions));
  } finally {
    await bench.cluster.drop('ours');
  }
}

/** Stores the pages of a walk that lacks the newest session. Returns the owner of all sessions. */
async function seeAllButOne(client: pg.Client): Promise<string> {
  await client.query(
    `insert into sync.seen_pages (walk_id, number, run_id, span, ids)
     select $1, 1 + place / ${PAGE}, 1, '{}', array_agg(id) from (
       select id::text as id, row_number() over (order by created_at desc) - 2 as place from polar.checkouts) as placed
     where place >= 0 group by 2`,
    [WALK],
  );
  const { rows } = await client.query<{ owner: string }>(
    'select organization_id as owner from polar.checkouts order by created_at desc limit 1',
  );
  return rows[0]?.owner ?? '';
}

async function endOfWalk(url: string, owner: string, sessions: number): Promise<{ ms: number }> {
  const stream = parseConfig({ POLAR_ACCESS_TOKEN: 'polar_oat_of_the_benchmark' })
    .sources.flatMap(({ streams }) => streams)
    .find(({ name }) => name === STREAM);
  if (!stream) throw new Error(`no stream ${STREAM}`);
  const walk = { walkId: WALK, startedAt: new Date().toISOString(), pages: Math.ceil((sessions - 1) / PAGE) };
  return onDatabase(url, async ({ pool }) => {
    const started = performance.now();
    const found = await unseenIds(pool, stream, { owners: [owner] }, walk);
    const ms = performance.now() - started;
    if (found.length !== 1) throw new Error(`${found.length} sessions were found, not one`);
    return { ms };
  });
}

/** Times how long a worker takes to respond to Prometheus when its database keeps a run of each minute. */
async function scrapesAfterRuns(bench: Bench): Promise<{ ms: number }[]> {
  const url = await bench.cluster.create('ours');
  const source = await servePolar({ sessions: 500 });
  try {
    await walkOurs('full', bench.cluster, url, source);
    await walkOurs('incremental', bench.cluster, url, source);
    await session(url, repeatRun);
    await settle(url);
    const port = await freePort();
    const worker = startWorker(port, url, source);
    const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    try {
      await timeUntil(worker, performance.now(), async () => isIdle(await (await get('/metrics')).text()));
      return await inRounds(bench, 'scrapes', () => scrape(() => get('/metrics')));
    } finally {
      await worker.stop();
    }
  } finally {
    await source.stop();
    await bench.cluster.drop('ours');
  }
}

/** True once the walks that a worker begins with have ended, by its metrics. */
const isIdle = (text: string) =>
  /runs_total\{[^}]*stream="polar\.checkouts"/.test(text) &&
  ['active', 'waiting'].every((state) => text.includes(`queue_jobs{state="${state}"} 0`));

/** Copies the last run into each of the minutes before it. */
const repeatRun = (client: pg.Client) =>
  client.query(`
    insert into sync.runs (account, stream, mode, list, walk_id, walk_started_at, lookback_ms, started_at, finished_at, outcome, requests, pages, records)
    select account, stream, mode, list, gen_random_uuid(), walk_started_at - back, lookback_ms, started_at - back, finished_at - back, outcome,
      requests, pages, records
    from (select * from sync.runs order by id desc limit 1) last, generate_series(${RUNS}, 1, -1) n, lateral (select n * interval '1 minute' as back) shift`);

async function scrape(get: () => Promise<Response>): Promise<{ ms: number }> {
  const times: { ms: number }[] = [];
  for (let done = 0; done < SCRAPES; done++) {
    const started = performance.now();
    const text = await (await get()).text();
    times.push({ ms: performance.now() - started });
    if (!text.includes(`freshness_seconds{account="default",stream="${STREAM}"}`))
      throw new Error(`/metrics has no age of ${STREAM}`);
  }
  return medians(times);
}

import { inRounds, type Bench, type Case } from '../case.ts';
import { settle } from '../cluster.ts';
import { ask } from '../control.ts';
import { walkOurs } from '../ours.ts';
import { servePolar, type Served } from '../processes.ts';
import { createViews, rollUp } from '../roll-up.ts';
import { medians, number, type Outcome } from '../report.ts';

const NEW = 100;
const CHANGED = 100;
/** The look-back of walks, in hours: a session changes within a day. */
const HOURS = 48;
const PAGE = 100;
/** Most requests of a minute in which nothing happens, after a walk that read everything recent. */
const IDLE = 10;

/** An incremental walk: the sessions that changed since the last one, among many stored ones. */
export const incremental: Case = {
  name: 'incremental',
  async run(bench): Promise<Outcome> {
    const sessions = bench.isQuick ? 5000 : 500_000;
    const source = await servePolar({ sessions, isPrepared: false });
    const url = await bench.cluster.create('ours');
    try {
      bench.say(`storing ${sessions} sessions first`);
      await walkOurs('full', bench.cluster, url, source);
      await createViews(url);
      await rollUp(url);
      await settle(url);
      return outcomeOf(sessions, await inRounds(bench, 'incremental walk', () => round(bench, url, source)));
    } finally {
      await source.stop();
      await bench.cluster.drop('ours');
    }
  },
};

type Round = Record<
  'requests' | 'allowed' | 'idleRequests' | 'cpuSeconds' | 'durationMs' | 'walBytes' | 'recent' | 'open' | 'rollUpMs',
  number
>;

async function round({ cluster }: Bench, url: string, source: Served): Promise<Round> {
  await ask(source.url, 'changeNewest', CHANGED);
  await ask(source.url, 'add', NEW);
  const { recent, open } = await ask<{ recent: number; open: number }>(source.url, 'lively', HOURS);
  const run = await walkOurs('incremental', cluster, url, source);
  if (run.inserted !== NEW || run.updated !== CHANGED)
    throw new Error(`${run.inserted} sessions were inserted and ${run.updated} updated, not ${NEW} and ${CHANGED}`);
  const { requests, cpuSeconds, durationMs, walBytes } = run;
  const allowed = Math.ceil((recent + open + CHANGED) / PAGE) + 4;
  const { requests: idleRequests } = await walkOurs('incremental', cluster, url, source);
  const { ms: rollUpMs } = await rollUp(url);
  return { requests, allowed, idleRequests, cpuSeconds, durationMs, walBytes, recent, open, rollUpMs };
}

function outcomeOf(sessions: number, rounds: readonly Round[]): Outcome {
  const { requests, allowed, idleRequests, cpuSeconds, durationMs, recent, open, rollUpMs } = medians(rounds);
  const share = (100 * rollUpMs) / durationMs;
  const name = `incremental walk among ${number(sessions)}`;
  return {
    tables: [
      {
        title: `Incremental walk after ${NEW} new and ${CHANGED} changed sessions among ${number(sessions)}`,
        head: [
          `sessions of the last ${HOURS} h`,
          'open ones',
          'requests',
          'allowed',
          'in the next minute',
          'seconds',
          'engine CPU s',
        ],
        rows: [
          [
            number(recent),
            number(open),
            number(requests),
            number(allowed),
            number(idleRequests),
            number(durationMs / 1000, 2),
            number(cpuSeconds, 2),
          ],
        ],
        note: 'Allowed are ceil((sessions of the last 48 h + open ones + changed) / 100) + 4. The source renders these pages as they are asked for, which costs the walk seconds but not engine CPU.',
      },
    ],
    targets: [
      { name: `${name}: requests`, target: `≤ ${allowed}`, measured: number(requests), isMet: requests <= allowed },
      {
        name: `requests in an idle minute among ${number(sessions)}`,
        target: `≤ ${IDLE}`,
        measured: number(idleRequests),
        isMet: idleRequests <= IDLE,
      },
      { name: `${name}: engine CPU`, target: '< 1 s', measured: `${number(cpuSeconds, 2)} s`, isMet: cpuSeconds < 1 },
      { name: `${name}: rolling up after it`, target: '< 5 %', measured: `${number(share, 1)} %`, isMet: share < 5 },
    ],
    figures: rounds,
  };
}

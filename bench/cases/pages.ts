import type { Encoding } from '../../src/simulator/encoding.ts';
import { inRounds, type Bench, type Case } from '../case.ts';
import { settle } from '../cluster.ts';
import { ask, type BodyBytes } from '../control.ts';
import { parsePages, walkOurs } from '../ours.ts';
import { servePolar, type Served } from '../processes.ts';
import { medians, megabytes, number, ratio, type Outcome, type Target } from '../report.ts';

/** 60 pages: as many as the whole look-back of an incremental walk reads among 500,000 sessions. */
const SESSIONS = 6000;

/** Encodings that sources offer: all of them, of which the best is requested, or a single one. */
const OFFERS: readonly (readonly Encoding[])[] = [['gzip', 'br', 'zstd'], ['br'], ['gzip']];

/** The engine's cost of a page, relative to `JSON.parse` of its bytes, and the bytes of it that are sent. */
export const pages: Case = {
  name: 'pages',
  async run(bench): Promise<Outcome> {
    const url = await bench.cluster.create('ours');
    try {
      await onSource([], (source) => walkOurs('full', bench.cluster, url, source));
      await settle(url);
      const rounds = await inRounds(bench, 'walks of 60 pages', () =>
        onSource([], (source) => round(bench, url, source)),
      );
      const wire: Wire[] = [];
      for (const offered of OFFERS) wire.push({ offered: offered.join(', '), ...(await sent(bench, url, offered)) });
      return outcomeOf(rounds, wire);
    } finally {
      await bench.cluster.drop('ours');
    }
  },
};

async function onSource<T>(encodings: readonly Encoding[], work: (source: Served) => Promise<T>): Promise<T> {
  const source = await servePolar({ sessions: SESSIONS, encodings });
  try {
    return await work(source);
  } finally {
    await source.stop();
  }
}

type Wire = BodyBytes & { offered: string };

/** CPU milliseconds for each page, and how many times as much as `JSON.parse` takes. */
type Round = Record<'parse' | 'warm' | 'cold' | 'warmOfParse' | 'coldOfParse', number>;

/** Measures `JSON.parse` before and after each walk: on a shared machine both are slower at times, together. */
async function round({ cluster }: Bench, url: string, source: Served): Promise<Round> {
  const parsing = async () => 1000 * (await parsePages(SESSIONS, source)).cpuSeconds;
  const walking = async (mode: 'full' | 'warm') => {
    const { cpuSeconds, requests } = await walkOurs(mode, cluster, url, source);
    return (1000 * cpuSeconds) / requests;
  };
  const first = await parsing();
  const cold = await walking('full');
  const between = await parsing();
  const warm = await walking('warm');
  const last = await parsing();
  return {
    parse: (first + between + last) / 3,
    cold,
    warm,
    coldOfParse: (2 * cold) / (first + between),
    warmOfParse: (2 * warm) / (between + last),
  };
}

/** The bytes of all bodies of a walk, from a source that offers these encodings. */
const sent = ({ cluster }: Bench, url: string, encodings: readonly Encoding[]): Promise<BodyBytes> =>
  onSource(encodings, async (source) => {
    await walkOurs('full', cluster, url, source);
    return ask<BodyBytes>(source.url, 'bytes');
  });

function outcomeOf(rounds: readonly Round[], wire: readonly Wire[]): Outcome {
  const { parse, warm, cold, warmOfParse, coldOfParse } = medians(rounds);
  return {
    tables: [
      {
        title: 'CPU of a page of 100 sessions that are stored',
        head: ['', 'ms', 'of JSON.parse'],
        rows: [
          ['`JSON.parse` of its bytes', number(parse, 2), ''],
          ['a walk by a process that has walked before', number(warm, 2), ratio(warmOfParse, 1)],
          ['a walk of 60 pages by a process that has just started', number(cold, 2), ratio(coldOfParse, 1)],
        ],
        note: 'CPU of the whole process, with garbage collection and compilation, without its start. `JSON.parse` is measured before and after each walk.',
      },
      {
        title: 'Bytes on the wire',
        head: ['the source offers', 'JSON MB', 'sent MB', 'of the JSON'],
        rows: wire.map(({ offered, jsonBytes, sentBytes }) => [
          offered,
          megabytes(jsonBytes),
          megabytes(sentBytes),
          number(sentBytes / jsonBytes, 3),
        ]),
        note: 'The simulator compresses at the lowest level. Whether a source compresses at all is up to it.',
      },
    ],
    targets: [
      atMost('warm page: engine CPU, of `JSON.parse`', 3.3, warmOfParse),
      atMost('cold walk of 60 pages: engine CPU, of `JSON.parse`', 9.5, coldOfParse),
      ...wire
        .slice(0, 1)
        .map(({ offered, jsonBytes, sentBytes }) =>
          atMost(`bytes on the wire of ${offered}, of the JSON`, 0.1, sentBytes / jsonBytes),
        ),
    ],
    figures: { rounds, wire },
  };
}

const atMost = (name: string, most: number, value: number): Target => ({
  name,
  target: `≤ ${most} ×`,
  measured: ratio(value, 1),
  isMet: value <= most,
});

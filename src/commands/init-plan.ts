import type { Config } from '../config/config.ts';
import { spanText } from '../model/duration.ts';
import type { Schedule } from '../model/schedule.ts';
import { MODES, type Mode, type Stream } from '../model/stream.ts';
import { scheduleWalks } from '../queue/schedules.ts';
import { streamEntities } from '../sources/index.ts';
import { count, duration, table } from './format.ts';
import type { TriedSource } from './init-source.ts';

/** The plan for a stream. */
interface PlannedStream {
  stream: string;
  /** Number of records that the source counts; null if it counts none. */
  records: number | null;
  /** Approximate number of requests of the first full walk; null if it cannot be known in advance. */
  requests: number | null;
  /** Schedule of its walks, by mode; a mode that never runs is absent. */
  schedules: Partial<Record<Mode, string>>;
}

/** The plan for the first sync and the service. */
export interface SyncPlan {
  streams: PlannedStream[];
  /** Optional streams that the credential may not read, each with its scope. */
  leftOut: { stream: string; scope: string }[];
  requests: number;
  requestsPerMinute: number;
}

/** Plans the first sync of a source from the totals of its lists. */
export function planSync({ source, totals }: TriedSource, { schedules }: Config): SyncPlan {
  const isLeftOut = ({ isOptional, name }: Stream) => isOptional && !totals.has(name);
  const wanted = source.streams.filter((stream) => !isLeftOut(stream));
  const walks = scheduleWalks(wanted, schedules, Object.keys(streamEntities));
  const streams = wanted.map((stream) => {
    const own = MODES.flatMap((mode) => walks.filter((walk) => walk.stream === stream.name && walk.mode === mode));
    return {
      stream: stream.name,
      ...backfillOf(stream, totals.get(stream.name)),
      schedules: Object.fromEntries(own.map(({ mode, schedule }) => [mode, scheduleText(schedule)])),
    };
  });
  return {
    streams,
    leftOut: source.streams.filter(isLeftOut).map(({ name, permission }) => ({ stream: name, scope: permission })),
    requests: streams.reduce((sum, { requests }) => sum + (requests ?? 0), 0),
    requestsPerMinute: source.requestsPerMinute,
  };
}

/** Estimates a full walk: it reads each page once, and one more if the list changes meanwhile. */
function backfillOf({ pageSize }: Stream, total: number | undefined): Pick<PlannedStream, 'records' | 'requests'> {
  if (total === undefined) return { records: null, requests: null };
  return { records: total, requests: Math.max(1, Math.ceil(total / pageSize)) };
}

const scheduleText = (schedule: Schedule) =>
  'everyMs' in schedule ? `every ${spanText(schedule.everyMs)}` : `${schedule.pattern} (UTC)`;

/** Formats the plan for people. */
export function describePlan({ streams, leftOut, requests, requestsPerMinute }: SyncPlan): string[] {
  const rows = streams.map(({ stream, records, requests: own, schedules }) => [
    stream,
    records === null ? 'not counted' : count(records),
    own === null ? '' : count(own),
    schedules.incremental ?? '',
    schedules.full ?? '',
  ]);
  const minutes = requests / requestsPerMinute;
  const time = minutes < 1 ? 'less than a minute' : `about ${duration(minutes * 60_000)}`;
  return [
    'The first sync reads all records, into a table of the same name per stream, and further tables for what nests in them:',
    '',
    ...table(['stream and table', 'records', 'requests', 'then what is new', 'and all of them'], rows).map(
      (line) => `  ${line}`,
    ),
    '',
    ...leftOut.map(({ stream, scope }) => `  ${stream} is left out until the credential has ${scope}`),
    ...(leftOut.length > 0 ? [''] : []),
    `That is about ${count(requests)} requests, of at most ${count(requestsPerMinute)} per minute: ${time}.`,
  ];
}

import { parseSchedule } from '../src/model/schedule.ts';
import type { Stream } from '../src/model/stream.ts';
import { nameOf } from './find-tables.ts';
import { tablesOf } from './streams.ts';

const intro = `
## Freshness

The service walks each stream on its schedule, which you can change with \`SYNC_SCHEDULE_<STREAM>_<MODE>\`. Webhooks bring single records in
between. If the token lacks a stream's scope, the stream is left out, and its tables hold only records that are nested in those of other streams.

A deletion is proven by a webhook, or by a full walk that does not see the record and a 404 for the record's id. A nested copy does not prove that
a record still exists, because the source also nests records that it has deleted.
`;

const code = (text: string) => `\`${text}\``;

const UNITS: readonly (readonly [string, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** A span in its largest whole unit: `15 minutes`; `hour` for one. */
function span(ms: number): string {
  const [unit, size] = UNITS.find(([, one]) => ms % one === 0) ?? ['millisecond', 1];
  return ms === size ? unit : `${ms / size} ${unit}s`;
}

const WEEKDAYS = ['Sundays', 'Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays'];

/** A schedule for people: `every 15 minutes`, `daily at 03:17 UTC`. */
function when(schedule: string): string {
  const parsed = parseSchedule(schedule);
  if (parsed && 'everyMs' in parsed) return `every ${span(parsed.everyMs)}`;
  const [, minute = '', hour = '', day = '', weekday = ''] =
    /^(\d+) (\d+|\*) (\d+|\*) \* (\d+|\*)$/.exec(schedule) ?? [];
  const time = `${hour.padStart(2, '0')}:${minute.padStart(2, '0')} UTC`;
  if (minute === '') return `at ${code(schedule)} UTC`;
  if (hour === '*') return `every hour at minute ${minute}`;
  if (day !== '*') return `on day ${day} of each month at ${time}`;
  return weekday === '*' ? `daily at ${time}` : `on ${WEEKDAYS[Number(weekday)]} at ${time}`;
}

function walks({ schedules, incremental }: Stream): string {
  const full = schedules.full === undefined ? 'never all' : `all ${when(schedules.full)}`;
  if (incremental === null || schedules.incremental === undefined) return full;
  const { lookbackMs, unsettled } = incremental;
  const older =
    unsettled === null ? '' : `, and older ones that are ${Object.values(unsettled.all).flat().join(' or ')}`;
  return `new ones ${when(schedules.incremental)}, with those of the last ${span(lookbackMs)} by [look-back](operations.md#look-back)${older}; ${full}`;
}

const row = (stream: Stream): string => {
  const { webhooks, deletions, gaps } = stream.freshness;
  const cells = [
    code(stream.name),
    code(stream.permission),
    tablesOf(stream)
      .map((table) => code(nameOf(table)))
      .join(', '),
    walks(stream),
    webhooks.map(code).join(', ') || 'none',
    deletions,
    gaps,
  ];
  return `| ${cells.join(' | ')} |`;
};

/** Returns the section of docs/tables.md about the freshness of each stream, and about how its deletions are found. */
export const freshnessSection = (streams: readonly Stream[]): string[] => [
  intro,
  '| stream | scope | its tables | walks | webhooks | deletions by | found late or never |',
  '| --- | --- | --- | --- | --- | --- | --- |',
  ...streams.map(row),
];

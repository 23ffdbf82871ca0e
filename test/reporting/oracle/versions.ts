import { isDeepStrictEqual } from 'node:util';
import { micros } from '../../../src/simulator/instants.ts';
import type { LogEntry } from '../../../src/simulator/polar/edit-log.ts';
import type { ReportRow } from './checkouts.ts';
import type { Sighting, Step } from '../catalog.ts';

/** A version of a record that must be known, and the entry of the feed that brought it. */
export interface Version {
  relation: string;
  id: string;
  op: 'i' | 'u' | 't' | 'r';
  via: Sighting['via'];
  step: number;
  /** Version of the record, in microseconds. */
  versionAt: number;
  /** Null where none of the record's own columns and sets changed, but a row that it owns. */
  row: ReportRow | null;
}

/** A look at one record. */
export interface Look extends Pick<Sighting, 'step' | 'via'> {
  id: string;
  /** Undefined where it was missing, or is reported as deleted. */
  shown?: Shown;
  /** True for a record that another one nests, which says nothing of a deletion. */
  isNested?: boolean;
}

/** A record as it was shown: its stamps, all of its fields, and its columns of the view. */
export interface Shown {
  created_at: string;
  modified_at: string | null;
  content: object;
  /** Sets that only the record itself shows. */
  sets?: unknown;
  /** Rows that it owns: where one is gone, the record is written again. */
  owned?: readonly string[];
  row: ReportRow;
}

interface Known {
  shown: Shown;
  deletedIn: number | null;
}

const versionOf = ({ created_at, modified_at }: Shown) => micros(modified_at ?? created_at);

/** An instant in a step: those of steps come after all that the edit log has. */
export const stepInstant = (steps: readonly Step[], step: number) => (steps[0]?.from ?? 0) + step;

/** Returns the instant of a step for one at which something was stored, and any other as it is. */
export function inSteps(steps: readonly Step[], at: unknown): unknown {
  if (typeof at !== 'number' || at < (steps[0]?.from ?? 0)) return at;
  const step = steps.findIndex(({ from, to }) => from <= at && at <= to);
  return step === -1 ? `in no step: ${at}` : stepInstant(steps, step);
}

/** Returns the versions that looks at the records of a table show, in their order. */
export function versionsIn(relation: string, steps: readonly Step[], looks: readonly Look[]): Version[] {
  const known = new Map<string, Known>();
  return looks.flatMap(({ id, step, via, shown, isNested }): Version[] => {
    const before = known.get(id);
    const at = stepInstant(steps, step);
    if (!shown) {
      if (!before || before.deletedIn !== null) return [];
      known.set(id, { ...before, deletedIn: step });
      const row = { ...before.shown.row, valid_from: at, is_exact: false, deleted_at: at };
      return [{ relation, id, op: 't', via, step, versionAt: versionOf(before.shown), row }];
    }
    const deletedIn = isNested && before ? before.deletedIn : null;
    const [relatesTo, versionAt] = [{ relation, id, via, step }, versionOf(shown)];
    if (before && before.deletedIn === deletedIn && isSame(before.shown, shown)) {
      const isGone = (owned: string) => !shown.owned?.includes(owned);
      known.set(id, { shown: { ...before.shown, ...shown }, deletedIn });
      return before.shown.owned?.some(isGone) ? [{ ...relatesTo, op: 'u', versionAt, row: null }] : [];
    }
    known.set(id, { shown: { ...before?.shown, ...shown }, deletedIn });
    const isNewer = !before || versionAt > versionOf(before.shown);
    const isTold = via === 'webhook' && !isNested;
    const row = {
      ...shown.row,
      valid_from: isNewer ? versionAt : at,
      is_exact: isNewer && (isTold || (!before && shown.modified_at === null)),
      deleted_at: deletedIn === null ? null : stepInstant(steps, deletedIn),
    };
    const op = !before ? 'i' : before.deletedIn !== deletedIn ? 'r' : 'u';
    return [{ ...relatesTo, op, versionAt, row }];
  });
}

const isSame = (one: Shown, other: Shown) =>
  isDeepStrictEqual(one.content, other.content) &&
  (other.sets === undefined || isDeepStrictEqual(one.sets, other.sets));

/** Returns the record as it was before the edit of a number; undefined before it was made. */
export function recordAt<T>(
  log: readonly (LogEntry<T, unknown> & { id: string })[],
  records: ReadonlyMap<string, T>,
  { id, number }: Pick<Sighting, 'id' | 'number'>,
): T | undefined {
  const entries = log.filter((entry) => entry.id === id);
  const last = entries.findLast((entry) => entry.number < number);
  return (last ? last.after : entries[0] ? entries[0].before : records.get(id)) ?? undefined;
}

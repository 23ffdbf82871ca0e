import type { Entity } from './entity.ts';
import type { Json, JsonObject } from './json.ts';

/** The list that a request pages through: a stream's records by a date, ascending or descending, with filters. */
export interface List {
  order: 'ascending' | 'descending';
  /** The record's key with the date; `created_at` unless named. */
  date?: string | undefined;
  filter: Readonly<Record<string, string | string[]>>;
}

/** One response to a list request. */
export interface Listing {
  records: Json[];
  /** The total number of records that the source claims; it may be wrong. */
  total: number;
  maxPage: number;
}

/** The way in which a walk finds the records of a stream. */
export type Discovery =
  /** On pages sorted by a date that never changes: `created_at` unless named. */
  | { by: 'date'; date?: string }
  /** On pages without a reliable order. */
  | { by: 'page' }
  /** One by one, by the ids in records of another stream, unless the source has a list after all. */
  | { by: 'id'; in: Stream; idsOf: (record: Json) => string[] };

/**
 * Older records that may still change, by filters of the list. If together they fill more than a page, they are read in
 * two parts.
 */
export interface Unsettled {
  all: List['filter'];
  /** Filters of those that settle by themselves after a while; null if all may stay. */
  draining: List['filter'] | null;
  /** Filters of those that may stay as they are forever, and how long before the look-back they are still read. */
  lingering: List['filter'];
  lingeringMs: number;
}

/** A response of a source, as far as it shows the outcome of a request. */
export interface SourceAnswer {
  status: number;
  header: (name: string) => string | undefined;
  body: unknown;
  /** True for a response without a body. */
  isEmpty: boolean;
}

/** Returns true if a response proves that the record does not exist at the source. */
export type AbsenceTest = (answer: SourceAnswer) => boolean;

/** The ways in which changes of a stream's records become known besides its walks, as docs/tables.md shows them. */
export interface ChangeSources {
  /** Types of webhooks that carry its records, or that make its walks due. */
  webhooks: readonly string[];
  /** The means of finding deleted records. */
  deletions: string;
  /** Changes that are found late or never. */
  gaps: string;
}

/** The records that an incremental walk reads. */
export interface Incremental {
  /** Time span that it reads back, in ms. */
  lookbackMs: number;
  /** Older records that may still change, if filters find them. */
  unsettled: Unsettled | null;
  /**
   * The date that every change of a record moves, if the list can be sorted by it: a changed record is found whatever
   * its age. Records without the date are skipped.
   */
  changed?: string;
}

/** One listable resource of a source. */
export interface Stream {
  /** The name as users write it: `source.resource`. */
  name: string;
  /** The account of the records; see `Source.account`. */
  account: string;
  entity: Entity;
  /** The required permission of the credential, in the source's words. */
  permission: string;
  /**
   * True for a stream that is walked only while the credential has the permission; false once the setting that names
   * streams is set.
   */
  isOptional: boolean;
  /** True for a stream that is off unless the setting that names streams names it. */
  isOffByDefault?: true;
  /** Records per page; the most that the API allows. */
  pageSize: number;
  /**
   * The column with the owner that `Source.ownerOf` returns: a record that another owner's token cannot see is not
   * deleted. Null if records name no owner.
   */
  ownerColumn: string | null;
  /** Filters of every list request; each also names a column of the same value. */
  scope: Readonly<Record<string, string>>;
  /** The records that an incremental walk reads; null if the stream is always walked in full. */
  incremental: null | Incremental;
  /**
   * Records that exist but that the list hides: those in which this column names a record of the entity that has the
   * date.
   */
  unlisted?: { column: string; names: Entity; date: string };
  /** Default schedules of the walks in each mode: a cron pattern in UTC, or `every 5m`. */
  schedules: Readonly<Partial<Record<Mode, string>>>;
  freshness: ChangeSources;
  listPath: (list: List, page: number, limit: number) => string;
  parseList: (body: unknown) => Listing | undefined;
  /** True if a page past the end of a list looks like that of an empty list. */
  isEmptyBeyond?: true;
  discovery: Discovery;
  /**
   * Returns the path of a request for a single record; null if the source has none: then nothing proves that a record
   * was deleted.
   */
  recordPath: ((id: string) => string) | null;
  /** Returns the record in the response to a request by id; undefined if it has none. */
  recordIn: (body: unknown, id: string) => JsonObject | undefined;
  /**
   * Returns true if the response proves that the record does not exist, for a list that is filtered by id: an empty
   * response counts only while the list shows other records of the same owner. Absent if `Source.isNotFound` decides.
   */
  isNotFound?: AbsenceTest;
}

/** Mode of a walk: every page, or only what can have changed. */
export type Mode = 'full' | 'incremental';

/** Every mode of a walk. */
export const MODES: readonly Mode[] = ['full', 'incremental'];

/** Names of a stream and its account, which one process at a time walks. */
export interface StreamRef {
  account: string;
  stream: string;
}

/** The account of settings without a suffix. */
export const DEFAULT_ACCOUNT = 'default';

/**
 * Formats a stream of an account for people: `polar.checkouts`, or `polar.checkouts/acme` if the account has a name.
 */
export const labelOf = ({ account, stream }: StreamRef): string =>
  account === DEFAULT_ACCOUNT ? stream : `${stream}/${account}`;

/** Returns the names of a stream. */
export const refOf = ({ account, name: stream }: Stream): StreamRef => ({ account, stream });

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
  /** The total number of records that the source claims. The walk has to cope with wrong ones. */
  total: number;
  maxPage: number;
}

/** The way in which a walk finds the records of a stream. */
export type Discovery =
  /** On pages that are sorted by a date that never changes: `created_at` unless named. */
  | { by: 'date'; date?: string }
  /** On pages without a reliable order. */
  | { by: 'page' }
  /** One by one, by the ids that records of another stream name, unless the source has a list after all. */
  | { by: 'id'; in: Stream; idsOf: (record: Json) => string[] };

/** Older records that may still change, by filters of the list. Where all of them fill more than a page, they are read in two. */
export interface Unsettled {
  all: List['filter'];
  /** Filters of those that settle by themselves after a while; null where all may stay. */
  draining: List['filter'] | null;
  /** Those that may stay as they are for ever, and for how long before the look-back they are still looked at. */
  lingering: List['filter'];
  lingeringMs: number;
}

/** A response of a source, as far as it tells what became of a request. */
export interface SourceAnswer {
  status: number;
  header: (name: string) => string | undefined;
  body: unknown;
  /** True for a response without a body. */
  isEmpty: boolean;
}

/** Returns true when a response proves that the record does not exist at the source. */
export type AbsenceTest = (answer: SourceAnswer) => boolean;

/** The ways in which changes of a stream's records become known beside its walks, as docs/tables.md shows them. */
export interface ChangeSources {
  /** Types of webhooks that carry its records, or that make its walks due. */
  webhooks: readonly string[];
  /** What finds that a record was deleted. */
  deletions: string;
  /** What is found late, and what never. */
  gaps: string;
}

/** What an incremental walk reads. */
export interface Incremental {
  /** How far back it reads. */
  lookbackMs: number;
  /** Older records that may still change, where filters find them. */
  unsettled: Unsettled | null;
  /** The date that each change of a record moves, where the list can be sorted by it: what changed is found whatever its age. Records without it are skipped. */
  changed?: string;
}

/** One listable resource of a source. */
export interface Stream {
  /** The name as users write it: `source.resource`. */
  name: string;
  /** Whose records these are; see `Source.account`. */
  account: string;
  entity: Entity;
  /** The required permission of the credential, in the source's words. */
  permission: string;
  /** True for a stream that is walked only while the credential has the permission; the setting that names streams makes it false. */
  isOptional: boolean;
  /** True for a stream that is off unless the setting that names streams names it. */
  isOffByDefault?: true;
  /** Records per page; the most that the API allows. */
  pageSize: number;
  /** The column that holds whom `Source.ownerOf` names: a record that another owner's token cannot see is not deleted. Null where records name none. */
  ownerColumn: string | null;
  /** Filters of every list request; each also names a column of the same value. */
  scope: Readonly<Record<string, string>>;
  /** What an incremental walk reads; null when the stream is always walked in full. */
  incremental: null | Incremental;
  /** Records that the list hides, although they exist: where this column names a record of the entity that has the date. */
  unlisted?: { column: string; names: Entity; date: string };
  /** When a walk of each mode is due unless the settings say otherwise: a cron pattern in UTC, or `every 5m`. */
  schedules: Readonly<Partial<Record<Mode, string>>>;
  freshness: ChangeSources;
  listPath: (list: List, page: number, limit: number) => string;
  parseList: (body: unknown) => Listing | undefined;
  /** True where a page past the end of a list says that the list is empty. */
  isEmptyBeyond?: true;
  discovery: Discovery;
  /** Null where the source has no request for a single record: then nothing proves that one was deleted. */
  recordPath: ((id: string) => string) | null;
  /** Returns the record in the response to a request by id; undefined when it holds none. */
  recordIn: (body: unknown, id: string) => JsonObject | undefined;
  /**
   * Returns true when the response proves that the record does not exist, for a list that is filtered by id: an empty response
   * counts only while the list shows other records of the same owner. Absent where `Source.isNotFound` says it.
   */
  isNotFound?: AbsenceTest;
}

/** How a stream is walked: every page, or what can have changed. */
export type Mode = 'full' | 'incremental';

/** Every mode of a walk. */
export const MODES: readonly Mode[] = ['full', 'incremental'];

/** A stream of an account, by their names: what one process at a time walks. */
export interface StreamRef {
  account: string;
  stream: string;
}

/** The account of settings without a suffix. */
export const DEFAULT_ACCOUNT = 'default';

/** A stream of an account for people: `polar.checkouts`, or `polar.checkouts/acme` where the account has a name. */
export const labelOf = ({ account, stream }: StreamRef): string =>
  account === DEFAULT_ACCOUNT ? stream : `${stream}/${account}`;

/** The names of a stream. */
export const refOf = ({ account, name: stream }: Stream): StreamRef => ({ account, stream });

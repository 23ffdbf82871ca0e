import type { Entity } from './entity.ts';
import type { Json, JsonObject } from './json.ts';

/** Which records of a stream a request lists: the sort criterion, ascending or descending by `created_at`, and filters. */
export interface List {
  order: 'ascending' | 'descending';
  filter: Readonly<Record<string, string | string[]>>;
}

/** One answer to a list request. */
export interface Listing {
  records: Json[];
  /** What the source claims to hold in all, pages included; lies are the walk's business. */
  total: number;
  maxPage: number;
}

/** How a walk finds the records of a stream. */
export type Discovery =
  /** On pages in the order of `created_at`. */
  | { by: 'date' }
  /** On pages in no order that one could rely on. */
  | { by: 'page' }
  /** One by one, by the ids that records of another stream name, unless the source turns out to have a list after all. */
  | { by: 'id'; in: Stream; idsOf: (record: Json) => string[] };

/** Older records that may still change, by filters of the list. Where all of them fill more than a page, they are read in two. */
export interface Unsettled {
  all: List['filter'];
  /** Those that settle by themselves after a while. */
  draining: List['filter'];
  /** Those that may stay as they are for ever, and for how long before the look-back they are still looked at. */
  lingering: List['filter'];
  lingeringMs: number;
}

/** One listable resource of a source. */
export interface Stream {
  /** `source.resource`, as users write it. */
  name: string;
  /** Whose records these are; see `Source.account`. */
  account: string;
  entity: Entity;
  /** What the credential must be allowed, in the source's words. */
  permission: string;
  /** Records a page; the most the API gives. */
  pageSize: number;
  /** The column that tells whose a record is: what another owner's token cannot see is not deleted. Null where a source has one owner only. */
  owner: string | null;
  /** Filters that every list request carries; each names a column of the same value, too. */
  scope: Readonly<Record<string, string>>;
  /** How far back an incremental walk reads, and which older records may still change; null when the stream is always walked in full. */
  incremental: null | { lookbackMs: number; unsettled: Unsettled };
  /** When a walk of each mode is due unless the settings say otherwise: a cron pattern in UTC, or `every 5m`. */
  schedules: Readonly<Partial<Record<Mode, string>>>;
  listPath: (list: List, page: number, limit: number) => string;
  parseList: (body: unknown) => Listing | undefined;
  discovery: Discovery;
  recordPath: (id: string) => string;
  /** The record in the answer to a request by id; undefined when it holds none. */
  recordIn: (body: unknown, id: string) => JsonObject | undefined;
}

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

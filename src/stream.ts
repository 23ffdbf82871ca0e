import type { PgTable } from 'drizzle-orm/pg-core';
import type { Json, JsonObject } from './json.ts';

/** One element of a nested set. */
export interface Member {
  /** The element as it came; kept in the parent's `extra` when it cannot be a member. */
  raw: Json;
  /** The join table's columns beside the parent's key; absent when the element has not even a key. */
  row?: JsonObject;
  entity?: Json;
  /** What of the element has neither a column nor an entity. */
  rest?: JsonObject;
}

/** How one key of a record nests other entities. */
export type Nest =
  | { kind: 'one'; entity: Entity }
  | {
      kind: 'set';
      /** What the members are; null when the payload has nothing but their ids. */
      entity: Entity | null;
      /** The join table; its first key column is the parent's id, its second the member's. */
      into: PgTable;
      /**
       * Nested in another record the parent lists only members of which this column has this value; the join table has a
       * `position` then. Members known to have another value stay, and keep their places.
       */
      listed?: { column: string; value: string };
      /** The elements of the value; undefined when it is of another form altogether. Called with anything but null. */
      members: (value: Json) => Member[] | undefined;
    }
  | {
      kind: 'owned';
      entity: Entity;
      /** The owned entity's column that holds the parent's id. */
      by: string;
      /** The row of one element of the list, where it is not the element itself. */
      element?: (raw: Json, index: number, parentId: string) => Json;
      /** What happens to rows that the parent no longer lists. */
      unlisted: Unlisted;
    };

/** A row is deleted, or marked by a boolean column unless another column has a value. */
export type Unlisted = 'delete' | { mark: string; unless: { column: string; value: string } };

/** A kind of object the API has: its table and what nests in it. A wire key with a column of the same name lands there. */
export interface Entity {
  table: PgTable;
  nests: Readonly<Record<string, Nest>>;
  /** Wire keys that only repeat another one: `{ alias: original }`. Dropped when the original is there. */
  aliases: Readonly<Record<string, string>>;
  /** Wire keys that are not stored: only some ways of reading show them, so that what is stored would go stale. */
  dropped: ReadonlySet<string>;
  /** Columns whose object is shown in part where the record nests in another: keys that it lacks stay. */
  partial: ReadonlySet<string>;
  /** What nesting in another record says of columns that it does not show: it corrects what is stored, and nothing else. */
  implied: Readonly<Record<string, string>>;
  /** The record in the table's names and forms, where the wire has others. */
  translate: ((record: JsonObject) => JsonObject) | undefined;
}

/** Describes an entity by its table, what nests in it, and how the wire departs from the table. */
export function entity(table: PgTable, parts: Partial<Omit<Entity, 'table'>> = {}): Entity {
  const { nests = {}, aliases = {}, dropped = new Set(), partial = new Set(), implied = {}, translate } = parts;
  return { table, nests, aliases, dropped, partial, implied, translate };
}

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

/** What a refusal of the API (4xx) asks people to do; undefined for one without the API's own form, which something in between answered. */
export type Judge = (answer: {
  status: number;
  header: (name: string) => string | undefined;
  body: unknown;
  /** True when there is no body at all. */
  isEmpty: boolean;
}) => Error | undefined;

/** What people set and grant so that a source can be read, in the words of the source. */
export interface Access {
  credential: 'token' | 'key';
  rights: 'scopes' | 'permissions';
  /** Names of settings: the API's address, its version, and whose records are meant; null where there is no such setting. */
  settings: { url: string; version: string | null; owner: string | null };
  /** The version that every request asks for and every answer repeats, and the header of the answer; null where the API has none. */
  pin: { header: string; version: string } | null;
}

/** A proxy on the way to an API. */
export interface Proxy {
  /** With its user and password. */
  url: string;
  /** Without them, for people. */
  origin: string;
}

/** A provider's API as the engine sees it. */
export interface Source {
  name: string;
  access: Access;
  streams: readonly Stream[];
  /** Resources that have no list, but can be asked for by id. */
  unlisted: readonly Stream[];
  /** Keys that are credentials: dropped wherever they appear, at any depth. */
  secretKeys: ReadonlySet<string>;
  url: string;
  /** What requests to it go through; undefined for none. */
  proxy: Proxy | undefined;
  /** A fingerprint of the credential, not the credential: lists read with another one are other lists. */
  credential: string;
  headers: Readonly<Record<string, string>>;
  requestsPerMinute: number;
  judge: Judge;
  /** True when the answer proves that the record does not exist at the source. */
  isGone: Judge extends (answer: infer A) => unknown ? (answer: A) => boolean : never;
  /** How the source tells of changes by itself; undefined while no secret is set. */
  webhooks: Webhooks | undefined;
}

/** What one webhook tells. */
export interface Told {
  /** As the source names it, such as `checkout.updated`. */
  type: string;
  /** Id of the record it is about; null when it names none. */
  recordId: string | null;
  /** The record it carries; absent for types that carry none with a table. */
  record?: { entity: Entity; data: Json; isDeleted: boolean };
  /** Why the record it carries is left out, where the settings exclude it. */
  ignored?: string;
  /** Streams that should be walked soon because of it. */
  due?: readonly string[];
}

/** Webhooks of a source. */
export interface Webhooks {
  /**
   * The id of a delivery, the same over redeliveries, when it provably comes from the source, and is not too old at the
   * present moment, in ms since 1970; undefined otherwise.
   */
  authenticate: (body: Buffer, header: (name: string) => string | undefined, now: number) => string | undefined;
  /** What a body tells; undefined when it is no event at all. */
  read: (body: Json) => Told | undefined;
}

/** How a walk finds the records of a stream. */
export type Finding =
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
  finding: Finding;
  recordPath: (id: string) => string;
  /** The record in the answer to a request by id; undefined when it holds none. */
  recordIn: (body: unknown, id: string) => JsonObject | undefined;
}

export type Mode = 'full' | 'incremental';

/** What a table and its columns hold, for `COMMENT ON`, the generated docs and BI tools. */
export interface About {
  table: string;
  columns: Readonly<Record<string, string>>;
}

const abouts = new Map<PgTable, About>();

type Described<T extends PgTable> = Exclude<keyof T['_']['columns'] & string, CommonColumn>;
type CommonColumn = keyof typeof commonColumns;

const commonColumns = {
  id: 'Identifier at the source',
  created_at: 'When the source created it',
  modified_at: 'When the source last changed it; null until the first change',
  organization_id: 'Organization it belongs to',
  metadata: 'Key-value pairs set by the merchant',
  version_at: 'Which state this is: modified_at, or created_at before the first change',
  observed_at: 'When the response or webhook that this state came from reached us',
  deleted_at: 'When the source was found to have deleted it; null while it exists',
  extra: 'Fields the API sent that have no column here, and values that did not fit their column',
  position: 'Place in the source’s list, from 0',
} as const;

/** Attaches the comments of a table and of each of its own columns; the columns every table shares have theirs already. */
export function documented<T extends PgTable>(
  table: T,
  about: string,
  columns: Record<Described<T>, string> & Partial<Record<CommonColumn, string>>,
): T {
  abouts.set(table, { table: about, columns: { ...commonColumns, ...columns } });
  return table;
}

/** The comments given by {@link documented}; throws for a table without them. */
export function aboutOf(table: PgTable): About {
  const about = abouts.get(table);
  if (!about) throw new Error('a table has no description: wrap it in documented()');
  return about;
}

/** Every table that was given comments by {@link documented}: ours, of all sources and the bookkeeping. */
export const describedTables = (): PgTable[] => [...abouts.keys()];

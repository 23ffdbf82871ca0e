import type { Entity } from './entity.ts';
import type { Json } from './json.ts';
import type { Stream } from './stream.ts';

/** What a refusal of the API (4xx) asks people to do; undefined for one without the API's own form, which something in between answered. */
export type ErrorClassifier = (answer: {
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
  /** Names of settings: the credential, the API's address, its version, and whose records are meant; null where there is no such setting. */
  settings: { credential: string; url: string; version: string | null; owner: string | null };
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

/** One account's view of a provider's API, as the engine sees it. */
export interface Source {
  /** The provider: SQL schema, prefix of its streams, route of its webhooks. */
  name: string;
  /** The account: with a stream, it is what a walk is of. */
  account: string;
  access: Access;
  streams: readonly Stream[];
  /** Resources that have no list, but can be asked for by id. */
  lookupOnly: readonly Stream[];
  /**
   * Whose a record is, where records say so; null for a source whose records do not. An account is known by the owners
   * that it shows, otherwise by the address of its API.
   */
  ownerOf: ((record: Json) => string | undefined) | null;
  /** Keys that are credentials: dropped wherever they appear, at any depth. */
  secretKeys: ReadonlySet<string>;
  url: string;
  /** What requests to it go through; undefined for none. */
  proxy: Proxy | undefined;
  /** A fingerprint of the credential, not the credential: lists read with another one are other lists. */
  credential: string;
  headers: Readonly<Record<string, string>>;
  requestsPerMinute: number;
  classifyError: ErrorClassifier;
  /** True when the answer proves that the record does not exist at the source. */
  isNotFound: ErrorClassifier extends (answer: infer A) => unknown ? (answer: A) => boolean : never;
  /** How the source tells of changes by itself; undefined while no secret is set. */
  webhooks: Webhooks | undefined;
}

/** What one webhook tells. */
export interface WebhookEvent {
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
  parseEvent: (body: Json) => WebhookEvent | undefined;
}

import { createHash } from 'node:crypto';
import type { Entity } from './entity.ts';
import type { Json } from './json.ts';
import type { PrivacySettings } from './privacy.ts';
import type { SourceMetrics } from './source-metrics.ts';
import type { AbsenceTest, SourceAnswer, Stream } from './stream.ts';

/** Returns the error for a refusal of the API (4xx), with what to do; undefined for one without the API's own form, which something in between sent. */
export type ErrorClassifier = (answer: SourceAnswer) => Error | undefined;

/** What users set and grant so that a source can be read, in the words of the source. */
export interface Access {
  credential: 'token' | 'key';
  rights: 'scopes' | 'permissions';
  /** Names of settings: the credential, the API's address, its version and the owner of the records; null where there is no such setting. */
  settings: { credential: string; url: string; version: string | null; owner: string | null };
  /** The version of every request and response, and the header of the response; null where the API has none. */
  pin: { header: string; version: string } | null;
}

/** A proxy between us and an API. */
export interface Proxy {
  /** The address with user and password. */
  url: string;
  /** The address without them, for people. */
  origin: string;
}

/** A provider's API as one account sees it. */
export interface Source {
  /** The provider: SQL schema, prefix of its streams, route of its webhooks. */
  name: string;
  /** The account whose records are read. */
  account: string;
  access: Access;
  streams: readonly Stream[];
  /** Resources that have no list, but can be requested by id. */
  lookupOnly: readonly Stream[];
  /**
   * Whose a record is, where records say so; null for a source whose records do not. An account is known by the owners
   * that it shows, otherwise by the address of its API.
   */
  ownerOf: ((record: Json) => string | undefined) | null;
  /** Keys that hold credentials: dropped at any depth. */
  secretKeys: ReadonlySet<string>;
  /** What is not stored of people. */
  privacy: PrivacySettings;
  url: string;
  /** The proxy for its requests; undefined for none. */
  proxy: Proxy | undefined;
  /** A fingerprint of the credential: another credential may see other lists. */
  credential: string;
  headers: Readonly<Record<string, string>>;
  requestsPerMinute: number;
  classifyError: ErrorClassifier;
  /** Returns true when the response proves that the record does not exist at the source. */
  isNotFound: AbsenceTest;
  /** Figures that the source computes itself; null for a source without. */
  metrics: SourceMetrics | null;
  /** The source's webhooks; undefined while no secret is set. */
  webhooks: Webhooks | undefined;
}

/** An account of a source, by their names. */
export interface AccountRef {
  source: string;
  account: string;
}

/** Returns the names of a source and its account. */
export const accountRef = ({ name, account }: Pick<Source, 'name' | 'account'>): AccountRef => ({
  source: name,
  account,
});

/** The API's address as it is compared: without a trailing slash, its host in lower case. */
export const addressOf = ({ url }: Pick<Source, 'url'>): string => new URL(url).href.replace(/\/$/, '');

/** Returns what tells credentials apart without showing them. */
export const fingerprintOf = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 16);

/** The content of one webhook. */
export interface WebhookEvent {
  /** The source's name of the event, such as `checkout.updated`. */
  type: string;
  /** Id of the event's record; null when it names none. */
  recordId: string | null;
  /** The event's record; absent for types whose record has no table. */
  record?: { entity: Entity; data: Json; isDeleted: boolean };
  /** Why the settings exclude the record, where they do. */
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
  /** Returns the event of a body; undefined when it is no event. */
  parseEvent: (body: Json) => WebhookEvent | undefined;
}

import { createHash } from 'node:crypto';
import type { Entity } from './entity.ts';
import type { Json } from './json.ts';
import type { PrivacySettings } from './privacy.ts';
import type { SourceMetrics } from './source-metrics.ts';
import type { AbsenceTest, SourceAnswer, Stream } from './stream.ts';

/**
 * Returns the error for a refusal by the API (4xx), with its remedy; undefined for a refusal that lacks the API's own
 * form, which something in between sent.
 */
export type ErrorClassifier = (answer: SourceAnswer) => Error | undefined;

/** Settings and rights that give access to a source, in the source's words. */
export interface Access {
  credential: 'token' | 'key';
  rights: 'scopes' | 'permissions';
  /**
   * Names of settings: the credential, the API's address, its version and the owner of the records; null if there is no
   * such setting.
   */
  settings: { credential: string; url: string; version: string | null; owner: string | null };
  /** The version of every request and response, and the response header that shows it; null if the API has none. */
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
  /** Resources that have no list but can be requested by id. */
  lookupOnly: readonly Stream[];
  /**
   * Returns the owner of a record, if the record names one; null for a source whose records name none. An account is
   * known by the owners that it shows, otherwise by the address of its API.
   */
  ownerOf: ((record: Json) => string | undefined) | null;
  /** Keys that hold credentials: dropped at any depth. */
  secretKeys: ReadonlySet<string>;
  /** Settings about personal data, which may keep some of it out of the database. */
  privacy: PrivacySettings;
  url: string;
  /** The proxy for its requests; undefined for none. */
  proxy: Proxy | undefined;
  /** A fingerprint of the credential: another credential may see other lists. */
  credential: string;
  headers: Readonly<Record<string, string>>;
  requestsPerMinute: number;
  classifyError: ErrorClassifier;
  /** Returns true if the response proves that the record does not exist at the source. */
  isNotFound: AbsenceTest;
  /** Figures that the source computes itself; null if it has none. */
  metrics: SourceMetrics | null;
  /** The source's webhooks; undefined while no secret is set. */
  webhooks: Webhooks | undefined;
}

/** Names of a source and one of its accounts. */
export interface AccountRef {
  source: string;
  account: string;
}

/** Returns the names of a source and its account. */
export const accountRef = ({ name, account }: Pick<Source, 'name' | 'account'>): AccountRef => ({
  source: name,
  account,
});

/**
 * Returns the API's address in the form in which addresses are compared: without a trailing slash, its host in lower
 * case.
 */
export const addressOf = ({ url }: Pick<Source, 'url'>): string => new URL(url).href.replace(/\/$/, '');

/** Returns a value that distinguishes credentials without revealing them. */
export const fingerprintOf = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 16);

/** The content of one webhook. */
export interface WebhookEvent {
  /** The source's name of the event, such as `checkout.updated`. */
  type: string;
  /** Id of the event's record; null when it names none. */
  recordId: string | null;
  /** The event's record; absent for types whose record has no table. */
  record?: { entity: Entity; data: Json; isDeleted: boolean };
  /** Reason why the settings exclude the record; absent if they do not. */
  ignored?: string;
  /** Streams that should be walked soon because of the event. */
  due?: readonly string[];
}

/** Webhooks of a source. */
export interface Webhooks {
  /**
   * Returns the id of a delivery, the same across redeliveries, if it provably comes from the source and is not too old
   * at `now`, in ms since 1970; undefined otherwise.
   */
  authenticate: (body: Buffer, header: (name: string) => string | undefined, now: number) => string | undefined;
  /** Returns the event of a body; undefined if it is not an event. */
  parseEvent: (body: Json) => WebhookEvent | undefined;
}

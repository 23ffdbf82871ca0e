import type { RequestEntry } from './request-log.ts';
import type { AfterRead, Interceptor } from './serve.ts';
import type { Deliveries, Endpoint, Post } from './webhook-sender.ts';

/** Drives one stream of a simulated source without knowing what its records are. */
export interface StreamDriver {
  /** Types of the webhooks that carry its records; empty where the API sends none. */
  readonly webhookTypes: readonly string[];
  /** Creates records at distinct times in the past, the newest an hour ago where the API has times; returns their ids, oldest first. */
  seed: (count: number) => string[];
  /** Creates a record now and returns its id. */
  create: () => string;
  /** Changes a field of the record itself, and what the API changes with it, such as `modified_at`. */
  edit: (id: string) => void;
  /** Changes what nests in the record, and none of the record's own fields. Absent where nothing nests. */
  editNested?: (id: string) => void;
  /** Takes the record out of the list and out of reach by id. Absent where nothing can. */
  remove?: (id: string) => void;
  /** Brings back a removed record. Absent where nothing can. */
  restore?: (id: string) => void;
  /** Ids of the records that exist, in the default order of the API's list. */
  list: () => string[];
  /** The record as the API sends it by id; throws RangeError where there is none. */
  json: (id: string) => unknown;
}

/** Changes a record's JSON on the wire; what it returns is sent, whatever it is. */
export type Tamper = (json: Record<string, unknown>) => unknown;

/** A running simulator of any source. */
export interface SimulatedSource {
  readonly url: string;
  /** Environment variables that point checkout-sync at it. */
  readonly settings: Readonly<Record<string, string>>;
  /** A driver for each stream, by the name that checkout-sync gives the stream. */
  readonly streams: Readonly<Record<string, StreamDriver>>;
  /** All requests so far. */
  readonly requests: RequestEntry[];
  /** Sets the hook that runs before each response is computed; it may edit, and may return a fault. Null removes it. */
  intercept: (hook: Interceptor | null) => void;
  /** Sets the hook that runs after the rows of each response are read and before it is sent. Null removes it. */
  afterRead: (hook: AfterRead | null) => void;
  /** Changes the JSON of the record of an id wherever it is sent, until called again with null. The function gets a copy. */
  tamper: (id: string, json: Tamper | null) => void;
  /** Delivers a signed webhook for each edit from now on that the API sends one for, or with null ends that. No endpoint slows an edit. */
  webhooks: (endpoint: Endpoint | null) => void;
  /** Runs an edit and returns the webhooks that it causes, signed and ready to be sent; the endpoint set by `webhooks` gets them as well. */
  webhooksOf: (edit: () => void, secret: string) => Post[];
  /** Results of the webhooks sent so far. */
  readonly deliveries: Deliveries;
  /** Stops everything; rejects with the first error that a hook threw. */
  close: () => Promise<void>;
}

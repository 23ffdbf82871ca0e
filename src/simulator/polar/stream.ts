import type { StreamDriver } from '../driver.ts';
import type { Payloads } from '../events.ts';
import { HOUR, later, MINUTE } from '../instants.ts';
import type { Defined } from '../random.ts';
import type { Step } from '../traffic.ts';
import { sortRows, matching, pageRows, rulesOf, type ListDescription } from './list.ts';
import { criterion, type ListParameters, type ListRules } from './parameters.ts';
import type { State } from './state.ts';

/** A resource of the simulated Polar, as its one file describes it. */
export interface StreamDescription<T, Row extends Defined, Edits> {
  /** Addresses of its list without the trailing slash, the documented one first. */
  paths: readonly [string, ...string[]];
  /** Scopes of which a token needs one. */
  scopes: readonly [string, ...string[]];
  /** True for a stream beyond the core ones: the simulator's token has its scope only where that is asked for. */
  isOptional?: boolean;
  /** True where links and sessions nest its records: they are edited, and their webhooks sent, whatever the token may read. */
  isNestedInCore?: boolean;
  /** True where Polar has no address for single records. */
  isListOnly?: boolean;
  /** All records, with the deleted ones that Polar keeps. */
  records: ReadonlyMap<string, T>;
  list: ListDescription<Row>;
  /** True for a record that lists and reads by id show. */
  isServed: (id: string) => boolean;
  /** The record as a read by id shows it. */
  json: (id: string) => unknown;
  /** The text of that JSON, where there is a quicker way to it. */
  text?: (id: string) => string;
  /** The payload of each type of webhook; empty where Polar sends none. */
  webhooks: Payloads;
  /** Every edit that Polar knows, for tests that know the resource. */
  edits: Edits;
  /** One edit of each kind, for tests that do not. */
  driver: DriverEdits;
  /** Edits of the background traffic, for the records of the moment. */
  traffic?: () => Step[];
}

/** Edits of one record that need no knowledge of the resource; `create` takes a `created_at`. */
export type DriverEdits = Pick<StreamDriver, 'edit' | 'editNested' | 'remove' | 'restore'> & {
  create: (createdAt?: string) => string;
};

/** A resource of the simulated Polar, as HTTP, webhooks, traffic and tests use it. */
export interface PolarStream<T = unknown, Edits = unknown> {
  paths: readonly string[];
  scopes: readonly [string, ...string[]];
  isOptional?: boolean;
  isNestedInCore?: boolean;
  isListOnly?: boolean;
  records: ReadonlyMap<string, T>;
  rules: Omit<ListRules, 'pageLimit'>;
  /** `ties` is the number of the request, which decides the order of equal rows; null keeps their order. */
  page: (wanted: ListParameters, ties: number | null) => ListPage;
  /** The JSON text of a record that is served. */
  read: (id: string) => string | undefined;
  /** The JSON of a record, served or not; throws RangeError for an unknown id. */
  json: (id: string) => unknown;
  webhooks: Payloads;
  edits: Edits;
  driver: StreamDriver;
  traffic: () => Step[];
}

/** One page of a list, as JSON texts, and how many rows the list has. */
export interface ListPage {
  items: string[];
  total: number;
}

/** Makes a resource out of its description. */
export function polarStream<T, Row extends Defined, Edits>(
  state: State,
  description: StreamDescription<T, Row, Edits>,
): PolarStream<T, Edits> {
  const { list, isServed, json, traffic = () => [], driver: _driver, ...others } = description;
  const { text = (id) => JSON.stringify(json(id)) } = description;
  const { texts = (page) => page.map((row) => text(list.idOf(row))) } = list;
  return {
    ...others,
    json,
    traffic,
    rules: rulesOf(list),
    page: (wanted, ties) => {
      const rows = matching(state, list, wanted);
      const page = pageRows(state, sortRows(list, rows, wanted.sorting), wanted, ties);
      const total = list.isEmptyBeyond && page.length === 0 ? 0 : rows.length;
      return { items: texts(page), total };
    },
    read: (id) => (isServed(id) ? text(id) : undefined),
    driver: driverOf(state, description),
  };
}

function driverOf<T, Row extends Defined, Edits>(
  state: State,
  { list, isServed, json, webhooks, driver }: StreamDescription<T, Row, Edits>,
): StreamDriver {
  const { create, ...edits } = driver;
  return {
    ...edits,
    webhookTypes: Object.keys(webhooks),
    create: () => create(),
    seed: (count) => instantsBefore(state.clock.now(), count).map((createdAt) => create(createdAt)),
    list: () => {
      const { rows, descending } = sortRows(list, list.rows({}), [criterion(list.defaultSorting)]);
      return (descending ? rows.toReversed() : rows).map((row) => list.idOf(row));
    },
    json: (id) => {
      if (!isServed(id)) throw new RangeError(`no record ${id} is served`);
      return json(id);
    },
  };
}

/** Instants a minute apart, the last one an hour before now. */
function instantsBefore(now: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => later(now, (number + 1 - count) * MINUTE - HOUR));
}

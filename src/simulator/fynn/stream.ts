import type { StreamDriver } from '../driver.ts';
import type { Payloads } from '../events.ts';

/** A resource of the simulated Fynn, as its one file describes it. */
export interface StreamDescription<Edits> {
  /** Address of its list; a record is below it. */
  path: string;
  /** The permission that the key needs. */
  permission: string;
  /** False where the API has no list of them. */
  hasList: () => boolean;
  /** Ids of the records that a list shows. */
  listed: () => string[];
  /** True for a record that reads by id show. */
  isServed: (id: string) => boolean;
  /** The record as lists and reads by id show it; throws RangeError for an unknown id. */
  json: (id: string) => unknown;
  /** The payload of each type of webhook; empty where Fynn sends none. */
  webhooks: Payloads;
  /** Every edit that Fynn knows, for tests that know the resource. */
  edits: Edits;
  /** One edit of each kind, for tests that do not. */
  driver: Pick<StreamDriver, 'create' | 'edit' | 'editNested' | 'remove'>;
}

/** A resource of the simulated Fynn, as HTTP, webhooks and tests use it. */
export interface FynnStream<Edits = unknown> extends Omit<StreamDescription<Edits>, 'driver'> {
  driver: StreamDriver;
}

/** Makes a resource out of its description. */
export function fynnStream<Edits>(description: StreamDescription<Edits>): FynnStream<Edits> {
  const { listed, isServed, json, webhooks, driver } = description;
  return {
    ...description,
    driver: {
      ...driver,
      webhookTypes: Object.keys(webhooks),
      seed: (count) => Array.from({ length: count }, () => driver.create()),
      list: listed,
      json: (id) => {
        if (!isServed(id)) throw new RangeError(`no record ${id} is served`);
        return json(id);
      },
    },
  };
}

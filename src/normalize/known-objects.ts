import type { Entity } from '../model/entity.ts';
import type { JsonObject } from '../model/json.ts';
import type { Row } from './rows.ts';

/** An object of an entity that is added to a batch; `alive` as in its row. */
export interface Addition {
  entity: Entity;
  sent: JsonObject;
  alive: boolean;
}

/** Circumstances that the row of an object depends on, besides the object. */
type Circumstances = Omit<Addition, 'sent'> & {
  /** True for an object within a record that the source has. */
  isRootAlive: boolean;
  secretKeys: ReadonlySet<string>;
};

/** Result of adding an object. */
export interface KnownObject extends Circumstances {
  row: Row;
  columnsKey: string | undefined;
  /** The fields that had no column. */
  drift: readonly string[];
  /** Objects that were added before it, as they nest in it. */
  nested: readonly Addition[];
}

const known = new WeakMap<JsonObject, KnownObject>();

/** Remembers the result of adding an object for as long as the object exists. */
export const rememberObject = (sent: JsonObject, found: KnownObject): void => void known.set(sent, found);

/** Remembers the same result for an equal, immutable object, if the other one is remembered. */
export function rememberAlike(sent: JsonObject, other: JsonObject): void {
  const found = Object.isFrozen(sent) ? known.get(other) : undefined;
  if (found) known.set(sent, found);
}

/** Returns the result of adding an object in the same circumstances; undefined if it was not remembered. */
export function knownObject(sent: JsonObject, now: Circumstances): KnownObject | undefined {
  const found = known.get(sent);
  const isSame =
    found?.entity === now.entity &&
    found.alive === now.alive &&
    found.isRootAlive === now.isRootAlive &&
    found.secretKeys === now.secretKeys;
  return isSame ? found : undefined;
}

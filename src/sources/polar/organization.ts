import { isObject, type Json, type JsonObject } from '../../model/json.ts';

/**
 * Keys of nested records that name the organization of records without one: orders, subscriptions, disputes, grants and
 * customer meters.
 */
const NAMING = ['customer', 'product', 'benefit'];

/**
 * Returns the organization of a record, in lower case: the one it names, otherwise that of its customer, product or benefit.
 */
export function organizationOf(record: Json): string | undefined {
  if (!isObject(record)) return undefined;
  const found =
    organizationIn(record) ?? NAMING.map((key) => organizationIn(record[key])).find((id) => id !== undefined);
  return found?.toLowerCase();
}

const organizationIn = (value: Json | undefined) =>
  isObject(value) && typeof value.organization_id === 'string' ? value.organization_id : undefined;

/** Returns the record with its organization, for the column `organization_id` of a table whose records do not name one. */
export function withOrganization(record: JsonObject): JsonObject {
  const organization_id = 'organization_id' in record ? undefined : organizationOf(record);
  return organization_id === undefined ? record : { ...record, organization_id };
}

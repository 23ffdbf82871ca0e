import { isObject, type Json, type JsonObject } from '../../model/json.ts';

/** What nests in records that do not name their organization: orders, subscriptions, disputes, grants and customer meters. */
const NAMING = ['customer', 'product', 'benefit'];

/** Returns the organization that a record is of, in lower case: the one it names, or else that of its customer, product or benefit. */
export function organizationOf(record: Json): string | undefined {
  if (!isObject(record)) return undefined;
  const found =
    organizationIn(record) ?? NAMING.map((key) => organizationIn(record[key])).find((id) => id !== undefined);
  return found?.toLowerCase();
}

const organizationIn = (value: Json | undefined) =>
  isObject(value) && typeof value.organization_id === 'string' ? value.organization_id : undefined;

/** Returns the record with the organization it is of, for the column `organization_id` of a table whose records do not name one. */
export function withOrganization(record: JsonObject): JsonObject {
  const organization_id = 'organization_id' in record ? undefined : organizationOf(record);
  return organization_id === undefined ? record : { ...record, organization_id };
}

/** Maximum number of different fields that are named; a record may have a million. */
const MOST_FIELDS = 200;

/** Matches a table's name, such as `polar.checkouts`, at the beginning of a field's name. */
const TABLE = /^[^.]*\.[^.]*\./;

/**
 * Counts values of a field, named `schema.table.field`, that have no column or do not fit theirs. If there are too many
 * different fields, the rest of each table counts together. Returns the name under which the values were counted.
 */
export function countDrift(drift: Map<string, number>, field: string, times = 1): string {
  const isNamed = drift.size < MOST_FIELDS || drift.has(field);
  const name = isNamed ? field : `${TABLE.exec(field)?.[0] ?? ''}…`;
  drift.set(name, (drift.get(name) ?? 0) + times);
  return name;
}

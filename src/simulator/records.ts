/** The record of an id; throws RangeError when there is none, so that a test's slip does not pass in silence. */
export function found<T>(records: ReadonlyMap<string, T>, id: string, kind: string): T {
  const record = records.get(id);
  if (record === undefined) throw new RangeError(`no ${kind} ${id}`);
  return record;
}

/** Records by their id, in the same order. */
export function byId<T extends { id: string }>(records: readonly T[]): Map<string, T> {
  return new Map(records.map((record) => [record.id, record]));
}

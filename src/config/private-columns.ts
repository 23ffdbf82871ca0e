import { closest, distance } from 'fastest-levenshtein';
import { tablePlans } from '../database/table-plan.ts';
import type { UsageProblem } from '../model/errors.ts';
import type { PrivacySettings } from '../model/privacy.ts';

/** The columns that a setting names, and the names that match none. */
export interface PrivateColumns extends PrivacySettings {
  problems: UsageProblem[];
}

/**
 * Returns every column that may be private, under both of its names: `customer_name` and
 * `polar.checkouts.customer_name`.
 */
function candidates(schemas: readonly string[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name: table, columns } of schemas.flatMap(tablePlans))
    for (const { name, privacy } of columns) {
      if (privacy === 'plain') continue;
      const whole = `${table}.${name}`;
      names.set(whole, [whole]);
      names.set(name, [...(names.get(name) ?? []), whole]);
    }
  return names;
}

/** Parses PRIVATE_COLUMNS: comma-separated names of columns in these schemas that hold data about people. */
export function parsePrivateColumns(list: string, schemas: readonly string[]): PrivateColumns {
  const wanted = list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const names = wanted.length > 0 ? candidates(schemas) : new Map<string, string[]>();
  const problems = wanted.filter((name) => !names.has(name)).map((name) => unknownColumn(name, [...names.keys()]));
  return { privateColumns: new Set(wanted.flatMap((name) => names.get(name) ?? [])), problems };
}

function unknownColumn(name: string, known: readonly string[]): UsageProblem {
  const near = closest(name, known);
  const hint = distance(name, near) <= 6 ? `did you mean ${near}?` : 'docs/tables.md lists those that can be private';
  return {
    code: 'CS1208',
    message: `PRIVATE_COLUMNS names ${name}, which is not a column with data about people: ${hint}`,
  };
}

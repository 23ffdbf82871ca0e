import type { PoolClient } from 'pg';
import type { Row } from './rows.ts';
import { TABLES, type TableName, type TableTruth } from './tables.ts';
import type { Expectation } from './witness.ts';

/** Columns of one row as Postgres writes them in JSON. */
type Texts = Readonly<Record<string, string>>;

/** A variant and the stored row that it differs from; one of them may be missing. */
interface Mismatch {
  id: string;
  expected: Texts | null;
  stored: Texts | null;
}

const CHUNK = 5000;

/** Compares an account's rows of an entity table, and their sets, with what is expected. */
export async function compareTable(
  client: PoolClient,
  name: TableName,
  expectations: ReadonlyMap<string, Expectation>,
  account: string,
): Promise<string[]> {
  await client.query('begin');
  try {
    await fill(
      client,
      TABLES[name],
      [...expectations.values()].flatMap(({ variants }) => variants),
    );
    const { rows } = await client.query<Mismatch>(mismatches(name, TABLES[name]), [account]);
    const byId = Map.groupBy(rows, ({ id }) => id);
    return [...byId].flatMap(([id, found]) => describe(`polar.${name} ${id}`, expectations.get(id), found));
  } finally {
    await client.query('rollback');
  }
}

/** Writes the expected rows into a temporary table, which Postgres reads with the contract's types, not the tables' own. */
async function fill(client: PoolClient, { columns, sets }: TableTruth, rows: readonly Row[]): Promise<void> {
  const typed = Object.entries(columns).map(([column, type]) => `${column} ${type.replace(/\(.*/, '')}`);
  const all = [...typed, ...Object.keys(sets).map((set) => `${set} jsonb`), 'deleted boolean'].join(', ');
  await client.query(`create temporary table truth (${all}, extra jsonb not null default '{}') on commit drop`);
  const names = [...Object.keys(columns), ...Object.keys(sets), 'deleted'].join(', ');
  for (let start = 0; start < rows.length; start += CHUNK) {
    await client.query(`insert into truth (${names}) select ${names} from json_to_recordset($1) as e(${all})`, [
      JSON.stringify(rows.slice(start, start + CHUNK)),
    ]);
  }
}

/** Variants and rows that are not equal in Postgres' own JSON: exact to the microsecond and to the last digit. */
function mismatches(name: TableName, { columns, sets }: TableTruth): string {
  const lists = Object.entries(sets).map(([set, { parent, members }]) => {
    const tuple = `jsonb_build_array(${members.map((member) => `s.${member}`).join(', ')})`;
    return `coalesce((select jsonb_agg(${tuple} order by s.${members[0]}) from polar.${set} s where s.${parent} = r.id and s.account = r.account), '[]') as ${set}`;
  });
  const own = Object.keys(columns).map((column) => `r.${column}`);
  const stored = [...own, ...lists, 'r.deleted_at is not null as deleted', 'r.extra'].join(', ');
  const texts = (row: string) => `(select jsonb_object_agg(key, value::text) from jsonb_each(${row}))`;
  return `select id, ${texts('expected')} as expected, ${texts('stored')} as stored
    from (select coalesce(e.id, t.id)::text as id, to_jsonb(e) as expected, to_jsonb(t) as stored
      from truth e full join (select ${stored} from polar.${name} r where r.account = $1) t on t.id = e.id) both_sides
    where expected is distinct from stored order by id`;
}

/**
 * Returns the differences of a row from its mismatches: none if it equals another variant, or if each column has the value of
 * some variant.
 */
function describe(row: string, expectation: Expectation | undefined, found: readonly Mismatch[]): string[] {
  const stored = found[0]?.stored;
  if (!expectation) return [`${row}: stored, though the API never showed it`];
  if (!stored) return expectation.must ? [`${row}: missing`] : [];
  if (found.length < expectation.variants.length) return [];
  return Object.keys(stored).flatMap((column) => {
    const allowed = [...new Set(found.map(({ expected }) => expected?.[column]))];
    if (allowed.includes(stored[column])) return [];
    return [`${row} ${column}: expected ${allowed.join(' or ')}, stored ${stored[column]}`];
  });
}

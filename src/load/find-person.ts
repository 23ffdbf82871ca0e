import type { Pool } from 'pg';
import { quote } from '../database/identifiers.ts';
import { planOf, type ColumnPlan, type TablePlan } from '../database/table-plan.ts';
import { comparable, type PersonKey } from '../ledger/forgotten.ts';
import { entitiesWithin, type Entity } from '../model/entity.ts';
import { parseJson } from '../model/json.ts';
import type { IdentityKind } from '../model/privacy.ts';
import { textsIn } from '../normalize/erase.ts';

/** The person to find, by e-mail address, customer id, or id in the merchant's own system; in one account or in all. */
export interface PersonQuery {
  person: string;
  account: string | null;
}

/** Data stored about a person. */
export interface FoundPerson {
  /** Every key that identifies the person. */
  keys: PersonKey[];
  /** The person's data, to be erased where only texts hold it. */
  values: string[];
}

type Known = Record<IdentityKind, readonly string[]>;

/** A row about a person. */
interface PersonRow {
  plan: TablePlan;
  account: string;
  cells: (string | null)[];
}

/**
 * Finds a person by one key: the customer with that e-mail address or id, and all addresses and ids on that customer's
 * rows. Polar finds a customer's sessions in the same way.
 */
export async function findPerson(
  pool: Pool,
  sources: ReadonlyMap<string, readonly Entity[]>,
  { person, account }: PersonQuery,
): Promise<FoundPerson> {
  const entities = new Set([...sources.values()].flat().flatMap((root) => [...entitiesWithin(root)]));
  const plans = [...entities].map(({ table }) => planOf(table)).filter(({ columns }) => columns.some(isIdentifying));
  const find = async (known: Known) =>
    (await Promise.all(plans.map((plan) => findRows(pool, plan, known, account)))).flat();
  const given = { email: [person], customer: [person], external: [person] };
  const customers = valuesOfKind(await find(given), 'customer');
  const ofCustomer = await find({ email: [person], customer: [person, ...customers], external: [person] });
  const emails = valuesOfKind(ofCustomer, 'email');
  const rows = await find({ ...given, email: [person, ...emails], customer: [person, ...customers] });
  return { keys: keysIn(rows, { person, account }), values: dataIn(rows) };
}

const isIdentifying = ({ identifies }: ColumnPlan) => identifies !== undefined;

async function findRows(pool: Pool, plan: TablePlan, known: Known, account: string | null): Promise<PersonRow[]> {
  const kinds = ['email', 'customer', 'external'] as const;
  const conditions = plan.columns.flatMap((column) =>
    column.identifies ? [isOneOf(column, `$${kinds.indexOf(column.identifies) + 2}::text[]`)] : [],
  );
  const texts = plan.columns.map(({ name }) => `t.${quote(name)}::text`);
  const { rows } = await pool.query<Omit<PersonRow, 'plan'>>(
    `select account, array[${texts.join(', ')}] as cells from ${plan.sqlName} t
     where ($1::text is null or account = $1) and ($2::text[], $3::text[], $4::text[]) is not null and (${conditions.join(' or ')})`,
    [account, ...kinds.map((kind) => known[kind].map((value) => comparable(kind, value)))],
  );
  return rows.map((row) => ({ ...row, plan }));
}

/** Returns SQL that is true if a column has one of the values; for an object, if a text in it has. */
function isOneOf({ name, sqlType, identifies }: ColumnPlan, values: string): string {
  const value = `t.${quote(name)}::text`;
  if (sqlType === 'jsonb')
    return `exists (select from unnest(${values}) as v where strpos(lower(${value} collate "C"), to_json(v)::text) > 0)`;
  return identifies === 'external' ? `${value} = any(${values})` : `lower(${value} collate "C") = any(${values})`;
}

function storedTexts({ plan, cells }: PersonRow, wanted: (column: ColumnPlan) => boolean): string[] {
  return plan.columns.flatMap((column, index) => {
    const cell = cells[index];
    if (!wanted(column) || typeof cell !== 'string') return [];
    return column.sqlType === 'jsonb' ? textsIn(parseJson(cell), column.keeps) : [cell];
  });
}

const valuesOfKind = (rows: readonly PersonRow[], kind: IdentityKind) => [
  ...new Set(
    rows.flatMap((row) => storedTexts(row, ({ identifies, sqlType }) => identifies === kind && sqlType !== 'jsonb')),
  ),
];

const dataIn = (rows: readonly PersonRow[]) => [
  ...new Set(rows.flatMap((row) => storedTexts(row, ({ privacy }) => privacy === 'personal'))),
];

/**
 * Returns the keys on the rows. The merchant's own ids belong to the account where they were found. The given key
 * counts even if nothing is stored.
 */
function keysIn(rows: readonly PersonRow[], { person, account }: PersonQuery): PersonKey[] {
  const everywhere = (kind: IdentityKind, value: string): PersonKey => ({ kind, value, source: null, account });
  const given = person.includes('@') ? [everywhere('email', person)] : [everywhere('customer', person)];
  const unknown = rows.length === 0 && !person.includes('@') ? [everywhere('external', person)] : [];
  const found = (['email', 'customer'] as const).flatMap((kind) =>
    valuesOfKind(rows, kind).map((value) => everywhere(kind, value)),
  );
  const external = rows.flatMap((row) =>
    valuesOfKind([row], 'external').map((value): PersonKey => ({
      kind: 'external',
      value,
      source: row.plan.name.split('.', 1).join(''),
      account: row.account,
    })),
  );
  const all = [...given, ...unknown, ...found, ...external];
  const keyOf = ({ kind, value, ...rest }: PersonKey) => JSON.stringify([kind, comparable(kind, value), rest]);
  return [...new Map(all.map((identity) => [keyOf(identity), identity])).values()];
}

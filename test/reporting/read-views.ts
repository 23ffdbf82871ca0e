import { transaction, type Database } from '../../src/database/database.ts';
import type { ReportRow } from './oracle/checkouts.ts';

/** The views that the oracle knows. */
const VIEWS = [
  'checkouts',
  'abandoned_checkouts',
  'revenue_daily',
  'checkout_states',
  'links',
  'custom_field_answers',
] as const;

/** What the views showed at one moment. */
export interface ReadViews {
  /** Microseconds. */
  now: number;
  secret: string;
  rows: (view: (typeof VIEWS)[number]) => ReportRow[];
}

/** Reads all of the views at one moment, with their values as JSON has them. */
export function readViews({ pool }: Database): Promise<ReadViews> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ now: number; secret: string }>(
      'select (extract(epoch from now()) * 1000000)::float8 as now, secret from sync.report_keys',
    );
    const views = new Map<string, ReportRow[]>();
    for (const name of VIEWS) {
      const found = await client.query<{ row: ReportRow }>(`select to_jsonb(v) as row from analytics.${name} v`);
      views.set(
        name,
        found.rows.map(({ row }) => row),
      );
    }
    return { now: rows[0]?.now ?? 0, secret: rows[0]?.secret ?? '', rows: (name) => views.get(name) ?? [] };
  });
}

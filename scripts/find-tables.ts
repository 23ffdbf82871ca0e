import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import config from '../drizzle.config.ts';

/** The directory of package.json. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Returns `schema.name` of a table. */
export function nameOf(table: PgTable): string {
  const { schema, name } = getTableConfig(table);
  return `${schema ?? 'public'}.${name}`;
}

/** Returns every table that the modules named in drizzle.config.ts export, sorted by schema and name. */
export async function findTables(): Promise<PgTable[]> {
  const files = [config.schema ?? []].flat().flatMap((pattern) => globSync(pattern, { cwd: ROOT }));
  const modules: Record<string, unknown>[] = await Promise.all(
    files.map((file) => import(pathToFileURL(join(ROOT, file)).href)),
  );
  const tables = modules.flatMap((module) => Object.values(module)).filter((value) => is(value, PgTable));
  return [...new Set(tables)].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

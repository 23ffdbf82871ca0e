import type { Environment } from '../model/source-definition.ts';
import { readEnvFile } from './env-file.ts';

/** Returns the settings as written: those of `.env` in the working directory, overridden by those of the process. */
export const readEnvironment = (): Environment => ({ ...readEnvFile('.env'), ...process.env });

/** Removes `PGSSLMODE`, `PGOPTIONS` and similar variables, which pg would also apply to the embedded Postgres. */
export function ignorePostgresEnvironment(): void {
  for (const name of Object.keys(process.env)) if (/^PG[A-Z_]+$/.test(name)) delete process.env[name];
}

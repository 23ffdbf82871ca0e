/** What our statements depend on, whatever the server, the database or the role sets by default. */
const SETTINGS = {
  timezone: 'UTC',
  datestyle: 'ISO, MDY',
  intervalstyle: 'postgres',
  extra_float_digits: '1',
  array_nulls: 'on',
  standard_conforming_strings: 'on',
  quote_all_identifiers: 'off',
  jit: 'off',
  default_transaction_isolation: 'read committed',
  idle_session_timeout: '0',
  idle_in_transaction_session_timeout: '30s', // a stopped process must not hold its locks for ever
};

/** Postgres 17 brought it; older ones do not know its name. */
const transactionTimeout = (isLocal: boolean) =>
  `select set_config('transaction_timeout', '0', ${isLocal}) where current_setting('server_version_num')::int >= 170000`;

/** The server gives up before the client does: a query that nobody waits for would keep its session and its locks. */
const limitsBelow = (queryTimeoutMs: number) => ({
  lock_timeout: `${Math.floor(queryTimeoutMs * 0.75)}ms`,
  statement_timeout: `${Math.floor(queryTimeoutMs * 0.9)}ms`,
});

/**
 * The statements that prepare a session, or one transaction alone, for queries that the client gives up after so many
 * milliseconds; 0 means never. The search path stays as it is: triggers of users may depend on theirs, and we name schemas.
 */
export function settingsText(scope: 'session' | 'local', queryTimeoutMs: number): string {
  const settings = Object.entries({ ...SETTINGS, ...limitsBelow(queryTimeoutMs) });
  const texts = settings.map(([name, value]) => `set ${scope} ${name} = '${value}'`);
  return [...texts, transactionTimeout(scope === 'local')].join('; ');
}

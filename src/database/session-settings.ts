/** Settings that our statements depend on, which override those of server, database and role. */
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
  idle_in_transaction_session_timeout: '30s', // a stopped process must not hold its locks forever
};

/** Disables the transaction timeout, which Postgres versions before 17 do not have. */
const transactionTimeout = (isLocal: boolean) =>
  `select set_config('transaction_timeout', '0', ${isLocal}) where current_setting('server_version_num')::int >= 170000`;

/**
 * Timeouts of the server, which are shorter than the client's: an abandoned query would keep its session and its locks.
 */
const limitsBelow = (queryTimeoutMs: number) => ({
  lock_timeout: `${Math.floor(queryTimeoutMs * 0.75)}ms`,
  statement_timeout: `${Math.floor(queryTimeoutMs * 0.9)}ms`,
});

/**
 * Returns the statements that prepare a session, or one transaction, for queries with this timeout of the client; 0
 * means none. The search path stays unchanged: users' triggers may depend on it, and our statements name the schemas.
 */
export function settingsText(scope: 'session' | 'local', queryTimeoutMs: number): string {
  const settings = Object.entries({ ...SETTINGS, ...limitsBelow(queryTimeoutMs) });
  const texts = settings.map(([name, value]) => `set ${scope} ${name} = '${value}'`);
  return [...texts, transactionTimeout(scope === 'local')].join('; ');
}

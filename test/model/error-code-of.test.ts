import { expect, test } from 'vitest';
import { errorCodeOf } from '../../src/model/error-code-of.ts';
import { FatalError } from '../../src/model/errors.ts';

/** An error with facts of others, such as pg's `code` and `severity`. */
const having = <Facts extends object>(message: string, facts: Facts) => Object.assign(new Error(message), facts);
const ofPostgres = (code: string) => having('it fails', { code, severity: 'ERROR' });

test('an error of Postgres or Node.js keeps its own code, and is known by ours', () => {
  const errors = {
    CS2102: ofPostgres('28P01'),
    CS2105: ofPostgres('53300'),
    CS2303: ofPostgres('53100'),
    CS2305: ofPostgres('57014'),
    CS2307: ofPostgres('XX000'),
    CS2101: new Error('Connection terminated unexpectedly'),
    CS6209: having('no space left', { code: 'ENOSPC' }),
    CS5901: new TypeError('it is undefined'),
  };
  expect(Object.values(errors).map((error) => errorCodeOf(error))).toEqual(Object.keys(errors));
  expect(errors.CS2102.code).toBe('28P01');
});

test('an error that says no more than that something failed has the code of its cause', () => {
  expect(errorCodeOf(new Error('a query failed', { cause: ofPostgres('25006') }))).toBe('CS2302');
  expect(errorCodeOf(new FatalError('CS2205', 'it cannot be migrated', { cause: ofPostgres('25006') }))).toBe('CS2205');
});

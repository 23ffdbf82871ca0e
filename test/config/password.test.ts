import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { withoutPassword } from '../../src/config/password.ts';
import { scrub } from '../../src/model/secrets.ts';

test.each([
  ['before the host', 'postgres://user:s3cret%40w0rd@db/checkouts', 's3cret@w0rd'],
  ['as a parameter', 'postgres://db/checkouts?user=user&password=s3cret%40par4m&sslmode=require', 's3cret@par4m'],
  ['in both places', 'postgres://user:s3cret-0ne@db/checkouts?password=s3cret-tw0', 's3cret-0ne s3cret-tw0'],
])('a password of DATABASE_URL is a secret %s', (_where, url, passwords) => {
  parseConfig({ DATABASE_URL: url, REDIS_URL: url.replace('postgres', 'redis').replace('checkouts', '0') });
  expect(scrub(passwords)).not.toContain('s3cret');
  expect(withoutPassword(url)).not.toContain('s3cret');
  expect(withoutPassword(url)).toContain('db/checkouts');
});

test('an address without a password is shown as it is', () => {
  const url = 'postgres://user@localhost/checkouts?host=/run/postgresql';
  expect(withoutPassword(url)).toBe(url);
});

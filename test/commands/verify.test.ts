import { expect, test } from 'vitest';
import { parseJson } from '../../src/model/json.ts';
import { freshDatabaseUrl } from '../support/database.ts';
import { openDatabase } from '../../src/database/database.ts';
import { startFynn } from '../support/fynn.ts';
import { startPolar } from '../support/polar.ts';
import { call } from '../support/run.ts';
import { CORE_STREAMS } from '../support/source.ts';

test('verify ends with 0 where nothing differs; otherwise with 1, and prints what differs and how to fix it', async () => {
  const [polar, fynn] = [await startPolar({ links: 5, checkouts: 30 }), await startFynn({ links: 3 })];
  const url = await freshDatabaseUrl('template1');
  const settings = {
    DATABASE_URL: url,
    POLAR_ACCESS_TOKEN: polar.token,
    POLAR_API_URL: polar.url,
    FYNN_API_KEY: fynn.apiKey,
    FYNN_API_URL: fynn.url,
    FYNN_REQUESTS_PER_MINUTE: '1000',
    ...CORE_STREAMS,
  };
  const unready = await call(['verify'], settings);
  expect(unready).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/run npx checkout-sync migrate, or npx checkout-sync sync\n$/),
  });
  expect((await call(['sync'], settings)).code).toBe(0);
  const healthy = await call(['verify', '--json'], settings);
  expect(healthy.code).toBe(0);
  const same = { missing: 0, extra: 0, different: 0, behind: 0, differences: [] };
  expect(parseJson(healthy.stdout)).toEqual({
    streams: [
      expect.objectContaining({ stream: 'polar.checkout_links', records: 5, ...same }),
      expect.objectContaining({ stream: 'polar.checkouts', records: 30, ...same }),
      expect.objectContaining({ stream: 'fynn.checkout_links', records: 3, ...same }),
      expect.objectContaining({ stream: 'fynn.price_plans', ...same }),
    ],
  });

  const db = await openDatabase(url);
  const { rows } = await db.pool.query<{ id: string }>(
    'update polar.checkouts set amount = 9007199254740993 returning id',
  );
  await db.close();
  const [json, text, failed] = await Promise.all([
    call(['verify', 'polar.checkouts', '--sample', '2', '--json'], settings),
    call(['verify', 'polar.checkouts'], settings),
    call(['verify', 'polar.checkouts', '--json'], { ...settings, POLAR_ACCESS_TOKEN: 'polar_oat_wrong' }),
  ]);
  expect(json.code).toBe(1);
  expect(json.stdout).toContain('"stored":9007199254740993');
  expect(json.stdout).toMatch(/"fix":"npx checkout-sync pull polar\.checkouts [\da-f-]{36}"/);
  expect(text.code).toBe(1);
  for (const { id } of rows)
    expect(text.stdout).toMatch(
      new RegExp(
        `polar.checkouts ${id}: amount is \\d+ at the source, 9007199254740993 stored\n  to fix it: npx checkout-sync pull polar.checkouts ${id}`,
      ),
    );

  expect(failed.code).toBe(1);
  expect(parseJson(failed.stdout)).toMatchObject({
    streams: [{ error: expect.stringContaining('POLAR_ACCESS_TOKEN') }],
  });
});

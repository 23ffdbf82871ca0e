import { expect, test } from 'vitest';
import { reportPages } from '../../src/admin/report-pages.ts';
import { freshDatabase } from '../support/database.ts';
import { startService } from '../support/service.ts';

const ADMIN_TOKEN = 'the-operator-alone-knows';
const authorization = `Bearer ${ADMIN_TOKEN}`;

test('the report of a month is for operators, without scripts', async () => {
  const { url } = await startService(await freshDatabase(), { ADMIN_TOKEN });
  expect((await fetch(`${url}/report`)).status).toBe(401);
  const response = await fetch(`${url}/report?month=2026-02`, { headers: { authorization } });
  expect(response.status).toBe(200);
  const policy = response.headers.get('content-security-policy');
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/);
  expect(await response.text()).toContain('February 2026');
  for (const month of ['2026-13', '9998-01', 'x', '2026-01&month=2026-02']) {
    const refused = await fetch(`${url}/report?month=${month}`, { headers: { authorization } });
    expect([month, refused.status]).toEqual([month, 400]);
  }
});

test('reports are made one at a time, and shown again for a while', async () => {
  const db = await freshDatabase();
  const counted = { made: 0, now: 0, most: 0 };
  db.pool.on('acquire', () => {
    counted.made += 1;
    counted.now += 1;
    counted.most = Math.max(counted.most, counted.now);
  });
  db.pool.on('release', () => (counted.now -= 1));
  const pages = reportPages(db, 'UTC', new AbortController().signal);
  await expect(pages('9998-01')).rejects.toThrow('9998-01 has not begun');
  const [first, again] = await Promise.all([pages('2026-01'), pages('2026-01'), pages('2026-02')]);
  expect(again).toBe(first);
  expect(await pages('2026-01')).toBe(first);
  expect(counted).toEqual({ made: 3, now: 0, most: 1 });
});

test('few reports wait to be made, and later ones are made again', async () => {
  const pages = reportPages(await freshDatabase(), 'UTC', new AbortController().signal);
  const asked = await Promise.all(['01', '02', '03', '04', '05'].map((month) => pages(`2026-${month}`)));
  expect(asked.map((page) => page !== undefined)).toEqual([true, true, true, true, false]);
  expect((await pages('2026-05'))?.html).toContain('May 2026');
});

import { expect, test } from 'vitest';
import { call } from '../support/run.ts';

test('a demo that serves takes HOST as the worker does: not without ADMIN_TOKEN where other machines reach it', async () => {
  for (const [settings, says] of [
    [{ HOST: '0.0.0.0' }, /ADMIN_TOKEN must be set when HOST is 0\.0\.0\.0/],
    [{ PORT: 'http' }, /PORT must be a port from 1 to 65535/],
  ] as const) {
    const { code, stdout, stderr } = await call(['demo', '--serve'], settings);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(says)]);
  }
});

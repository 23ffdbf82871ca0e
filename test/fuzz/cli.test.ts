import { setTimeout as pause } from 'node:timers/promises';
import { fc } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import { call, type Ended } from '../support/run.ts';
import { casesOf, parameters, sayCount, timeFor } from './cases.ts';
import { MARKER } from './mutate.ts';

const AT_ONCE = 4;
const CASES = casesOf({ usual: 60, slow: 400, share: 0.01 });

/** Settings without a reachable database, so that a correct command ends soon as well. */
const SETTINGS = {
  DATABASE_URL: `postgres://user:${MARKER}@127.0.0.1:1/none`,
  POLAR_ACCESS_TOKEN: `polar_oat_${MARKER}`,
  POLAR_API_URL: 'http://127.0.0.1:1',
  POLAR_WEBHOOK_SECRET: `polar_whs_${MARKER}`,
  PORT: '0',
};

const COMMANDS = ['migrate', 'sync', 'pull', 'status', 'worker', 'demo', 'simulate'];
const OPTIONS =
  `--json --mode --help -h --links --checkouts --seed --serve --port --host --token --limit --latency --live
  --webhooks --webhook-secret --fynn-port --fynn-list --version -- --mode=full --mode=half --json=1 --port=99999999
  --no-json -x`.split(/\s+/);

const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...OPTIONS) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...COMMANDS, 'sink', 'SYNC', 'polar.checkouts', 'polar.checkout', 'fynn.price_plans'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'full',
      '0',
      '-1',
      '1e3',
      '65536',
      '9'.repeat(400),
      'NaN',
      '',
      ' ',
      '00000000-0000-4000-8000-000000000001',
      'x'.repeat(100_000),
      '👩‍👩‍👧',
      '../../etc/passwd',
      '%s',
      '$(id)',
      '__proto__',
      'constructor',
      'http://',
      'http://x',
    ),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')) },
);

/** Arguments; a demo or a simulator would stay, and gets an option that there is not, twice, as the first may be a value. */
const vector = fc
  .tuple(fc.option(fc.constantFrom(...COMMANDS), { freq: 6 }), fc.array(word, { maxLength: 5 }))
  .map(([command, words]) => (command === null ? words : [command, ...words]))
  .map((args) => (args.includes('demo') || args.includes('simulate') ? [...args, '--no-such', '--no-such'] : args));

test(
  'whatever the arguments, a command ends with 0, 1 or 2, and says in clear lines why',
  timeFor(CASES * 100),
  async () => {
    let count = 0;
    const property = fc.asyncProperty(fc.array(vector, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (vectors) => {
      count += vectors.length;
      const ends = await Promise.all(vectors.map((args) => ended(args)));
      for (const [index, end] of ends.entries()) expectClear(vectors[index] ?? [], end);
    });
    await fc.assert(property, parameters(Math.ceil(CASES / AT_ONCE)));
    sayCount('arguments', count);
  },
);

const LONGEST_MS = 60_000;

/** Returns the end of a command; rejects with its arguments if it does not end. */
function ended(args: readonly string[]): Promise<Ended> {
  const late = pause(LONGEST_MS, undefined, { ref: false }).then(() => {
    throw new Error(`it goes on and on: ${JSON.stringify(args).slice(0, 2000)}`);
  });
  return Promise.race([call(args, SETTINGS), late]);
}

function expectClear(args: readonly string[], { code, stdout, stderr }: Ended): void {
  const shown = `${JSON.stringify(args).slice(0, 2000)} ended with ${code}: ${stderr.slice(0, 2000)}`;
  expect([0, 1, 2], shown).toContain(code);
  expect(stderr, shown).not.toMatch(/\n\s+at /);
  expect(stdout + stderr).not.toContain(MARKER);
  if (code === 0) return expect(stdout, shown).toMatch(/Usage:|^\d+\.\d+\.\d+\n$/);
  expect(stdout, shown).toBe('');
  const given = args.join('').split('\n').length;
  if (!stderr.includes('Usage:')) expect(stderr.trim().split('\n').length, shown).toBeLessThanOrEqual(2 + given);
  expect(stderr, shown).toMatch(/^(checkout-sync: CS\d{4}: |Usage: )/);
}

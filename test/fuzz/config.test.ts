import { fc } from '../support/fast-check.ts';
import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/model/errors.ts';
import { intervalOf } from '../../src/model/schedule.ts';
import { planWork } from '../../src/work-plan.ts';
import { anyText } from '../support/column-kinds.ts';
import { casesOf, parameters, sayCount, timeFor } from './cases.ts';
import { MARKER } from './mutate.ts';

const CASES = casesOf({ usual: 2000, slow: 20_000, share: 0.1 });

const SECRET = ['DATABASE_URL', 'REDIS_URL', 'POLAR_ACCESS_TOKEN', 'POLAR_WEBHOOK_SECRET', 'FYNN_API_KEY'];
const SECRETS = [...SECRET, 'FYNN_WEBHOOK_SECRET', 'ADMIN_TOKEN', 'POLAR_API_URL', 'FYNN_API_URL'];
const OTHERS =
  `POLAR_API_VERSION POLAR_ORGANIZATION_ID POLAR_REQUESTS_PER_MINUTE FYNN_REQUESTS_PER_MINUTE LOG_LEVEL HOST
  PORT SYNC_SCHEDULE_POLAR_CHECKOUTS_FULL SYNC_SCHEDULE_POLAR_CHECKOUTS_INCREMENTAL SYNC_SCHEDULE_FYNN_PRICE_PLANS_FULL
  SYNC_SCHEDULE_POLAR_NONE_FULL SYNC_SCHEDULE__FULL`.split(/\s+/);

const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...SECRETS, ...OTHERS) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('POLAR_', 'FYNN_', 'SYNC_', 'SYNC_SCHEDULE_'), fc.string())
      .map((parts) => parts.join('')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      'POLAR_',
      'POLAR_ACCES_TOKEN',
      `POLAR_${'X'.repeat(2000)}`,
    ),
  },
);

const text = fc.oneof(
  anyText,
  fc.string(),
  fc.constantFrom(
    '',
    ' ',
    '0',
    '1',
    '65536',
    '-1',
    '1e3',
    '0x10',
    '9'.repeat(400),
    'off',
    'OFF',
    'x'.repeat(100_000),
    '\0',
    '\ud800',
    '[::1]',
    '::',
    '0.0.0.0',
    'info',
    '2026-10',
    'a,b',
    ',',
    'a\nb',
  ),
);
const address = fc
  .tuple(
    fc.constantFrom('http:', 'https:', 'postgres:', 'postgresql:', 'redis:', 'rediss:', 'HTTP:', 'ftp:', ''),
    fc.constantFrom('//', '/', '', '\\\\', '///'),
    fc.constantFrom('', `user:${MARKER}@`, `${MARKER}@`, ':@', '%@', `user:${MARKER}#@`),
    fc.oneof(
      fc.constantFrom('localhost', 'v1', '[::1]', '[::', '1.2.3', '256.256.256.256', 'ü.example', 'a b', ''),
      fc.domain(),
      fc.string(),
    ),
    fc.constantFrom('', ':', ':5432', ':99999', ':x', ':0'),
    fc.constantFrom('', '/', '/v1', '/v1/', '//v1', '/0', '/x', '?a=b', '#x', '/%', '/\0'),
  )
  .map((parts) => parts.join(''));
const wholeAddress = fc.constantFrom(
  'https://v1',
  'http://v1/',
  'https://x/v1/v1',
  'https://x//',
  'https://x/?v1',
  ' https://x ',
);
const field = fc.oneof(
  fc.constantFrom(
    '*',
    '*/5',
    '*/0',
    '0',
    '59',
    '60',
    '1-5',
    '5-1',
    '1,2',
    'L',
    'H',
    '?',
    'MON',
    '1#2',
    'W',
    '0-99999999',
    '',
    '-1',
    '1e2',
    '*/1e9',
  ),
  fc.string({ maxLength: 5 }),
);
const schedule = fc.oneof(
  fc.array(field, { minLength: 4, maxLength: 7 }).map((fields) => fields.join(' ')),
  fc
    .tuple(fc.constantFrom('every ', 'every', 'EVERY '), fc.nat(), fc.constantFrom('s', 'm', 'h', 'd', 'y', ''))
    .map((parts) => parts.join('')),
);

/** Half of them with both sources turned on. */
const surroundings = fc.constantFrom([], [
  ['POLAR_ACCESS_TOKEN', 'polar_oat_'],
  ['FYNN_API_KEY', 'fynn_'],
  ['FYNN_API_URL', 'https://example.coreapi.io'],
] as [string, string][]);

const environment = fc
  .tuple(surroundings, fc.array(fc.tuple(name, fc.oneof(text, address, wholeAddress, schedule)), { maxLength: 8 }))
  .map(([own, entries]) => new Map([...own, ...entries].map(([key, value]) => [key, withMarker(key, value)])));

/** Only settings that are secrets hold one. */
const withMarker = (key: string, value: string) =>
  SECRET.includes(key) ? `${value}${MARKER}` : SECRETS.includes(key) ? value : value.replaceAll(MARKER, 'x');

test(
  'any settings are a configuration, or are refused with lines that name the setting and tell no secret',
  timeFor(CASES / 10),
  () => {
    let count = 0;
    fc.assert(
      fc.property(environment, (settings) => {
        count += 1;
        const given = Object.fromEntries(settings);
        const refusal = refusalOf(given);
        if (refusal === undefined) return;
        const names = [...settings.keys(), 'FYNN_API_URL', 'ADMIN_TOKEN', 'POLAR_ACCESS_TOKEN'];
        for (const line of refusal.split('\n'))
          expect(
            names.filter((each) => line.startsWith(each)),
            line,
          ).not.toEqual([]);
        const told = [...settings].filter(
          ([key, value]) => SECRETS.includes(key) && value.length > 20 && refusal.includes(value),
        );
        expect(told).toEqual([]);
        expect(refusal).not.toContain(MARKER);
      }),
      parameters(CASES),
    );
    sayCount('settings', count);
  },
);

/** Returns the reason why settings are refused; undefined if a worker could start with them. */
function refusalOf(settings: Record<string, string>): string | undefined {
  try {
    const { config, scheduled } = planWork(parseConfig(settings));
    for (const { schedule: due } of scheduled) if (due) expect(intervalOf(due)).toBeGreaterThan(0);
    for (const { url } of config.sources) expect(URL.canParse(url), url).toBe(true);
    expect(config.server.port).toBeLessThanOrEqual(65_535);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

// A full or incremental walk of polar.checkouts, a full walk by a process that has walked before, or verifying it, in a process of
// its own; prints what it cost as one JSON line.
// node bench/measured.ts full | incremental | warm | verify
import { parseConfig } from '../src/config/config.ts';
import { openContext } from '../src/sync/context.ts';
import { openDatabase } from '../src/database/database.ts';
import { migrate } from '../src/database/migrate.ts';
import { tuneV8 } from '../src/model/v8.ts';
import { createLogger } from '../src/model/log.ts';
import { sync } from '../src/sync/sync.ts';
import { verify } from '../src/sync/verify.ts';
import { measure, placeOf } from './measure.ts';

/** V8 still compiles functions in the tenth walk of 60 pages. */
const WARM_UP_WALKS = 12;

/** One walk of 60 pages takes half a second: a garbage collection more or less would change it by a fifth. */
const WARM_WALKS = 10;

const place = placeOf(process.env);
const config = parseConfig({
  DATABASE_URL: place.databaseUrl,
  POLAR_ACCESS_TOKEN: process.env.SOURCE_TOKEN,
  POLAR_API_URL: place.sourceUrl,
  POLAR_REQUESTS_PER_MINUTE: '1000000000',
});
const [source] = config.sources;
const stream = source?.streams.find(({ name }) => name === 'polar.checkouts');
if (!source || !stream) throw new Error('the settings turn Polar off');

tuneV8();
const db = await openDatabase(config.databaseUrl);
await migrate(db);
const context = openContext(db, source, createLogger('error'));
const { signal } = new AbortController();
const [, , task = 'full'] = process.argv;
const walk = () => sync(context, stream, task === 'incremental' ? 'incremental' : 'full', signal);
const work = (): Promise<object> =>
  task === 'verify' ? verify(context, stream, { onDifference: () => undefined }, signal) : walk();

/** Does the work a number of times; returns the last result. */
async function repeat(times: number): Promise<object> {
  for (let done = 1; done < times; done++) await work();
  return work();
}

if (task === 'warm') await repeat(WARM_UP_WALKS);
const outcome = await measure(place, () => repeat(task === 'warm' ? WARM_WALKS : 1));
await context.http.close();
await db.close();
process.stdout.write(`${JSON.stringify(outcome)}\n`);

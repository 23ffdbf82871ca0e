// One full walk of polar.checkouts in a process of its own; prints what it cost as one JSON line.
import { parseConfig } from '../src/config.ts';
import { openEngine } from '../src/engine.ts';
import { openDatabase } from '../src/load/database.ts';
import { migrate } from '../src/load/migrate.ts';
import { createLogger } from '../src/log.ts';
import { configuredSources } from '../src/sources/index.ts';
import { sync } from '../src/sync.ts';

const config = parseConfig({
  DATABASE_URL: process.env.DATABASE_URL,
  POLAR_ACCESS_TOKEN: process.env.POLAR_ACCESS_TOKEN,
  POLAR_API_URL: process.env.POLAR_API_URL,
  POLAR_REQUESTS_PER_MINUTE: '1000000000',
});
const [source] = configuredSources(config);
const stream = source?.streams.find(({ name }) => name === 'polar.checkouts');
if (!source || !stream) throw new Error('the settings turn Polar off');

const log = createLogger('error');
const db = await openDatabase(config.databaseUrl);
await migrate(db);
const engine = openEngine(db, source, log);
const run = await sync(engine, stream, 'full', new AbortController().signal);
await engine.http.close();
await db.close();
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
process.stdout.write(
  `${JSON.stringify({ ...run, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: Math.round(maxRSS / 1024) })}\n`,
);

// A run of a stream in a process of its own, which kills itself at a step of a page: what kill -9 leaves behind.
import { parseConfig } from '../../src/config/config.ts';
import { openContext } from '../../src/sync/context.ts';
import { openDatabase } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import { sync } from '../../src/sync/sync.ts';

const [step, page] = [process.env.TEST_KILL_STEP, Number(process.env.TEST_KILL_PAGE)];
const given = Object.entries(process.env).filter(([name]) => /^(DATABASE_URL|(POLAR|FYNN)_.*)$/.test(name));
const config = parseConfig({
  ...Object.fromEntries(given),
  POLAR_REQUESTS_PER_MINUTE: '1000000',
  FYNN_REQUESTS_PER_MINUTE: '1000000',
});
const [source] = config.sources;
const stream = source?.streams.find(({ name }) => name === process.env.TEST_KILL_STREAM);
if (!source || !stream) throw new Error(`the settings turn ${process.env.TEST_KILL_STREAM} off`);

const log = createLogger('silent');
const db = await openDatabase(config.databaseUrl);
const context = openContext(db, source, log);
let fetched = 0;
let committed = 0;
const onStep = (at: 'fetched' | 'committed') => {
  const count = at === 'fetched' ? (fetched += 1) : (committed += 1);
  if (at === step && count === page) process.kill(process.pid, 'SIGKILL');
};
const run = await sync({ ...context, concurrency: 3, onStep }, stream, 'full', new AbortController().signal);
process.stdout.write(JSON.stringify(run));
await context.http.close();
await db.close();

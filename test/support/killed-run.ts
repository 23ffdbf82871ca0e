// A run of a stream in a process of its own, which kills itself at a step of a page: what kill -9 leaves behind.
import { parseConfig } from '../../src/config/config.ts';
import { openContext } from '../../src/sync/context.ts';
import { openDatabase } from '../../src/database/database.ts';
import { createLogger } from '../../src/model/log.ts';
import { sourceDefinitions } from '../../src/sources/index.ts';
import { sync } from '../../src/sync/sync.ts';
import { withPageSize } from './page-size.ts';

const [step, page] = [process.env.TEST_KILL_STEP, Number(process.env.TEST_KILL_PAGE)];
const settings: Record<string, string> = JSON.parse(process.env.TEST_SETTINGS ?? '{}');
const budgets = sourceDefinitions.flatMap(({ settingNames }) =>
  settingNames.filter((name) => name.endsWith('_REQUESTS_PER_MINUTE')).map((name) => [name, '1000000']),
);
const config = parseConfig({
  DATABASE_URL: process.env.DATABASE_URL,
  ...Object.fromEntries(budgets),
  ...settings,
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
const sized = withPageSize(stream, Number(process.env.TEST_PAGE_SIZE ?? stream.pageSize));
const run = await sync({ ...context, concurrency: 3, onStep }, sized, 'full', new AbortController().signal);
process.stdout.write(JSON.stringify(run));
await context.http.close();
await db.close();

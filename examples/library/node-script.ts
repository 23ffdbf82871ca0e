// Syncs once, as a cron job or a queue of your own would: node node-script.ts
import { createSync } from 'checkout-sync';

await using sync = createSync({ settings: process.env, logger: console });
sync.on('run', ({ stream, outcome, records }) => console.log(`${stream}: ${outcome}, ${records} records`));
const { runs } = await sync.sync({ mode: 'incremental' });
if (runs.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;

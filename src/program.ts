import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { demoCommand, describeDemo, describeServing, type DemoOptions } from './commands/demo.ts';
import { nothing, print, withContext } from './commands/context.ts';
import { describePulled, isPulled, pullCommand } from './commands/pull.ts';
import { describeSimulator, simulateCommand, simulatedJson, type SimulateOptions } from './commands/simulate.ts';
import { describeStatus, statusCommand } from './commands/status.ts';
import { describeRuns, interrupted, syncCommand, type SyncOptions } from './commands/sync.ts';
import { verifyCommand, type VerifyOptions } from './commands/verify.ts';
import { ConfigError, formatError, FatalError } from './model/errors.ts';
import { migrate } from './database/migrate.ts';
import manifest from '../package.json' with { type: 'json' };

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

const stop = new AbortController();

/** The first signal lets the page in hand be stored; the second ends the process at once. */
function onSignal(): void {
  if (stop.signal.aborted) process.exit(130);
  stop.abort(interrupted());
}

/** Whether stdout took less than was written to it. */
let isOutputLost = false;

/** A reader that has gone, as `head` does, wants no more: the work ends. Anything else, as a full disk, is a failure. */
function onOutputError(error: Error & { code?: string }): void {
  if (isOutputLost) return;
  stop.abort(new FatalError('interrupted: nobody reads the output any more'));
  if (error.code === 'EPIPE') return;
  isOutputLost = true;
  process.exitCode = EXIT_FAILED;
  process.stderr.write(`checkout-sync: stdout cannot be written: ${formatError(error)}\n`);
}

/** What a simulated merchant may have of a thing, and the highest port. */
const [MOST_RECORDS, MOST_PORT] = [1_000_000, 65_535];

function wholeNumber(least: number, most = 1_000_000_000): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

function webAddress(text: string): string {
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? ''))
    throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:3000/webhooks/polar.');
  return text;
}

const program = new Command('checkout-sync')
  .description("Keeps a billing provider's checkout links and checkout sessions in your own Postgres.")
  .version(manifest.version, '--version', 'show the version')
  .helpOption('-h, --help', 'show this help')
  .helpCommand(false)
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(`checkout-sync: ${text.replace(/^error: /, '')}`) })
  .addHelpText(
    'after',
    '\nSettings come from the environment and from .env; see README.md.\nExit codes: 0 done, 1 the work failed, rejected a record or differs, 2 wrong usage or configuration.',
  );

const json = () => new Option('--json', 'print one JSON object on stdout');

program
  .command('migrate')
  .description('bring the database schema up to date; safe to run from many processes at once')
  .addOption(json())
  .action(async (_options, command: Command) => {
    const { applied } = await withContext(nothing, ({ db }) => migrate(db), { signal: stop.signal });
    print(command, { applied }, [
      applied === 0 ? 'The schema is up to date.' : `Applied ${applied} migration${applied === 1 ? '' : 's'}.`,
    ]);
  });

program
  .command('sync')
  .description(
    'walk each stream once and store what it lists; migrates first, continues where an interrupted run stopped',
  )
  .argument('[stream...]', 'streams such as polar.checkouts (default: all that are turned on)')
  .addOption(
    new Option('--mode <mode>', 'full reads every page and finds deletions; incremental reads what can have changed')
      .choices(['incremental', 'full'])
      .default('full'),
  )
  .option(
    '--confirm-deletions',
    'do not wait for a second full walk where many records (over 50, and a tenth of the stream) are missing at once',
  )
  .addOption(json())
  .addHelpText(
    'after',
    '\nExit code 1 when a run is not complete, or a record was rejected: see sync.rejected_records for the reasons.',
  )
  .action(async (streams: string[], options: SyncOptions, command: Command) => {
    const runs = await syncCommand(streams, options, stop.signal);
    print(command, { runs }, describeRuns(runs));
    if (runs.some((run) => run.outcome !== 'complete' || run.rejected > 0)) process.exitCode = EXIT_FAILED;
  });

program
  .command('worker')
  .description('the service: walks every stream when it is due, takes webhooks, serves the status page')
  .addHelpText(
    'after',
    '\nHOST and PORT say where it listens, REDIS_URL where the queue lives, SYNC_SCHEDULE_<STREAM>_<MODE> when walks are due.\nSIGTERM or Ctrl-C finishes the pages in hand and ends with 0; a second one ends at once.',
  )
  .action(async () => {
    const { workerCommand } = await import('./commands/worker.ts'); // with queue and port, which other commands do without
    await workerCommand(stop.signal);
  });

program
  .command('pull')
  .description('fetch single records by id and store them as a walk would')
  .argument('<stream>', 'stream such as polar.checkouts')
  .argument('<id...>', 'ids of the records')
  .addOption(json())
  .action(async (stream: string, ids: string[], _options, command: Command) => {
    const pulled = await pullCommand(stream, ids, stop.signal);
    print(command, { pulled }, describePulled(pulled));
    if (!isPulled(pulled)) process.exitCode = EXIT_FAILED;
  });

program
  .command('verify')
  .description('compare the tables with the source, row by row and column by column; writes nothing')
  .argument('[stream...]', 'streams such as polar.checkouts (default: all that are turned on)')
  .option('--sample <number>', 'compare only this many stored records, chosen at random', wholeNumber(1))
  .addOption(json())
  .addHelpText(
    'after',
    '\nEach difference is printed as it is found, with the command that mends it. Exit code 1 when there is any.',
  )
  .action(async (streams: string[], options: VerifyOptions) => {
    if (!(await verifyCommand(streams, options, stop.signal))) process.exitCode = EXIT_FAILED;
  });

program
  .command('status')
  .description('show what is stored of each stream, how fresh it is, and what runs')
  .addOption(json())
  .action(async (_options, command: Command) => {
    const status = await statusCommand(stop.signal);
    print(command, status, describeStatus(status));
  });

program
  .command('doctor')
  .description('check settings, database, queue and sources before you trust them; leaves nothing behind')
  .addOption(json())
  .action(async (_options, command: Command) => {
    const { describeChecks, doctorCommand, isHealthy } = await import('./commands/doctor.ts'); // with the queue, as above
    const checks = await doctorCommand(stop.signal);
    const ok = isHealthy(checks);
    print(command, { ok, checks }, describeChecks(checks));
    if (!ok) process.exitCode = EXIT_FAILED;
  });

program
  .command('demo')
  .description(
    'sync a simulated Polar and a simulated Fynn into the embedded Postgres and answer four questions in SQL',
  )
  .option('--links <number>', 'links of the simulated merchant', wholeNumber(0, MOST_RECORDS), 200)
  .option('--checkouts <number>', 'sessions of the simulated merchant', wholeNumber(0, MOST_RECORDS), 5000)
  .option('--seed <number>', 'seed of all chance', wholeNumber(0), 1)
  .option('--serve', 'stay up with live traffic, webhooks and the status page')
  .option(
    '--port <number>',
    'port of the status page, with --serve (default: PORT, or 3000)',
    wholeNumber(0, MOST_PORT),
  )
  .addOption(json())
  .action(async (options: DemoOptions & { json?: boolean; serve?: boolean; port?: number }, command: Command) => {
    const { json: asJson, serve, port, ...sizes } = options;
    const onServing = (url: string) => asJson || process.stdout.write(`${describeServing(url).join('\n')}\n`);
    await demoCommand(
      sizes,
      process.stderr.isTTY && !asJson,
      (demo) => {
        print(command, demo, describeDemo(demo));
        if (demo.runs.some((run) => run.outcome !== 'complete')) process.exitCode = EXIT_FAILED;
      },
      serve ? { port, onServing } : undefined,
      stop.signal,
    );
  });

program
  .command('simulate')
  .description('serve a simulated Polar on a port, and a simulated Fynn on another')
  .option('--port <number>', 'port to listen on', wholeNumber(1, MOST_PORT), 4010)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--links <number>', 'links of the merchant', wholeNumber(0, MOST_RECORDS), 200)
  .option('--checkouts <number>', 'sessions of the merchant', wholeNumber(0, MOST_RECORDS), 5000)
  .option('--seed <number>', 'seed of all chance', wholeNumber(0), 1)
  .option('--token <token>', 'access token it accepts', 'polar_oat_simulator')
  .option('--limit <number>', 'requests per minute, 0 for no limit', wholeNumber(0), 500)
  .option('--latency <ms>', 'how long each answer takes', wholeNumber(0), 0)
  .option('--live <number>', 'edits per second, 0 for none', wholeNumber(0), 0)
  .option('--webhooks <url>', 'deliver a signed webhook of each edit to this URL; needs --webhook-secret', webAddress)
  .option('--webhook-secret <secret>', 'what they are signed with; whsec_ and base64 as Polar makes them, or any text')
  .option('--fynn-port <number>', 'also serve a simulated Fynn, on this port', wholeNumber(1, MOST_PORT))
  .option('--fynn-list', 'let that Fynn have a list of checkout links')
  .addOption(json())
  .action(async (options: SimulateOptions, command: Command) => {
    if (!options.webhooks !== !options.webhookSecret)
      command.error("error: options '--webhooks <url>' and '--webhook-secret <secret>' need each other");
    await simulateCommand(
      options,
      (simulated) => print(command, simulatedJson(simulated), describeSimulator(simulated, options)),
      stop.signal,
    );
  });

/** Answers the exit code; prints one clear line for each problem, never a stack. */
async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    const lines = error instanceof ConfigError ? error.message.split('\n') : [formatError(error)];
    for (const line of lines) process.stderr.write(`checkout-sync: ${line}\n`);
    return error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED;
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
process.stdout.on('error', onOutputError);
process.stderr.on('error', () => undefined); // there is nowhere to say it
const code = await main();
process.exitCode = isOutputLost ? EXIT_FAILED : code;

import { resolve } from 'node:path';
import { Command } from 'commander';
import { count, duration, table } from './format.ts';
import { helpAfter } from './help.ts';
import { HIGHEST_PORT, jsonOption, MOST_RECORDS, print, wholeNumber, type Invocation } from './invocation.ts';
import type { Demo } from './run-demo.ts';
import { describeRuns } from './sync.ts';

interface DemoArguments {
  links: number;
  checkouts: number;
  seed: number;
  serve?: boolean;
  port?: number;
  json?: boolean;
}

/** Returns the command `demo`. */
export const demoCommand = (invocation: Invocation): Command =>
  new Command('demo')
    .description(
      'sync a simulated Polar and a simulated Fynn into the embedded Postgres, answer six questions in SQL, and write a report of the last month',
    )
    .option('--links <number>', 'links of the simulated merchant', wholeNumber(0, MOST_RECORDS), 200)
    .option('--checkouts <number>', 'sessions of the simulated merchant', wholeNumber(0, MOST_RECORDS), 2500)
    .option('--seed <number>', 'seed of everything random', wholeNumber(0), 1)
    .option('--serve', 'keep running with live sales, webhooks and the status page')
    .option(
      '--port <number>',
      'port of the status page, with --serve (default: PORT, or 3000)',
      wholeNumber(0, HIGHEST_PORT),
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync demo', 'a merchant with 200 links and 2,500 sessions'],
          ['npx checkout-sync demo --serve --port 8080', 'live sales and the status page'],
          ['npx checkout-sync demo --checkouts 100000 --seed 7', 'another, larger merchant'],
        ],
        page: 'README.md',
      }),
    )
    .action((options: DemoArguments) => demo(invocation, options));

async function demo(invocation: Invocation, { json, serve, port, ...sizes }: DemoArguments): Promise<void> {
  const { runDemo } = await import('./run-demo.ts');
  const { stdout, stderr } = invocation;
  const onServing = (url: string) => json || stdout.write(`${describeServing(url).join('\n')}\n`);
  const onDone = (done: Demo) => {
    print(invocation, done, !json && describeDemo(done));
    if (done.runs.some((run) => run.outcome !== 'complete')) invocation.fail();
  };
  const showBars = stderr.isTTY === true && !json;
  await runDemo(invocation, { ...sizes, showBars, onDone, serve: serve ? { port, onServing } : undefined });
}

/** Formats the demo's outcome for people. */
function describeDemo({ runs, rows, answers, report, durationMs }: Demo): string[] {
  const tables = Object.entries(rows).map(([name, number]) => [name, count(number)]);
  return [
    ...describeRuns(runs),
    '',
    ...table(['table', 'rows'], tables),
    ...answers.flatMap(({ question, sql, rows: found }) => [
      '',
      question,
      '',
      ...sql.split('\n').map((line) => `  ${line}`),
      '',
      ...answerTable(found),
    ]),
    '',
    `The report of the last month: ${resolve(report)}`,
    '',
    `Done in ${duration(durationMs)}. With your own data: npx checkout-sync init asks for token and database, and tries them.`,
  ];
}

function answerTable(rows: readonly Record<string, string | number | null>[]): string[] {
  const head = Object.keys(rows[0] ?? {});
  return table(
    head,
    rows.map((row) => head.map((name) => String(row[name] ?? ''))),
  ).map((line) => `  ${line}`);
}

/** Formats the addresses to open while the demo serves, for people. */
function describeServing(url: string): string[] {
  return [
    '',
    `The merchant continues to sell. Status page: ${url}/ · report: ${url}/report · queue: ${url}/queues · metrics: ${url}/metrics`,
    'Ctrl-C stops it.',
  ];
}

// The benchmark: checkout-sync, the published engines and the floor, on this machine, in one run. docs/performance.md explains it.
// npm run bench                          every case, medians of three rounds; an hour
// npm run bench -- --quick               one round of small sizes, to see that everything works
// npm run bench -- --only backfill,start some cases
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { closest } from 'fastest-levenshtein';
import { formatError } from '../src/model/errors.ts';
import type { Bench, Case } from './case.ts';
import { backfill } from './cases/backfill.ts';
import { budget } from './cases/budget.ts';
import { changed } from './cases/changed.ts';
import { incremental } from './cases/incremental.ts';
import { memory } from './cases/memory.ts';
import { reports } from './cases/reports.ts';
import { pages } from './cases/pages.ts';
import { start } from './cases/start.ts';
import { unchanged } from './cases/unchanged.ts';
import { upkeep } from './cases/upkeep.ts';
import { verify } from './cases/verify.ts';
import { webhooks } from './cases/webhooks.ts';
import { startCluster } from './cluster.ts';
import { markdown, targetTable, type Outcome } from './report.ts';

const cases: readonly Case[] = [
  backfill,
  pages,
  unchanged,
  changed,
  incremental,
  webhooks,
  budget,
  memory,
  start,
  verify,
  reports,
  upkeep,
];

/** The outcome of a case. */
type Result = Outcome | { failed: string };

const names = cases.map(({ name }) => name);

function caseNames(text: string, before: readonly string[] = []): string[] {
  const wanted = text.split(',');
  const odd = wanted.find((name) => !names.includes(name));
  if (odd === undefined) return [...before, ...wanted];
  throw new InvalidArgumentError(`Did you mean ${closest(odd, names)}? Cases: ${names.join(', ')}.`);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
}

const options = new Command('npm run bench --')
  .description(
    'Measures speed, memory and write-ahead log, next to the published engines and the floor. See docs/performance.md.',
  )
  .option('--quick', 'one round of small sizes, to see that everything works')
  .option('--only <cases>', `of ${names.join(', ')}, separated by commas`, caseNames)
  .option('--rounds <number>', 'rounds of each case (default: 3, or 1 with --quick)', wholeNumber)
  .configureOutput({ outputError: (text, write) => write(`bench: ${text.replace(/^error: /, '')}`) })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ quick?: boolean; only?: string[]; rounds?: number }>();
const isQuick = options.quick === true;
const rounds = options.rounds ?? (isQuick ? 1 : 3);

const machine = () =>
  `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;

async function runCase(bench: Bench, { name, run }: Case): Promise<Result> {
  try {
    const outcome = await run(bench);
    for (const table of outcome.tables) console.log(markdown(table));
    return outcome;
  } catch (error) {
    const failed = formatError(error);
    console.log(`### ${name}\n\nFailed: ${failed}\n`);
    return { failed };
  }
}

/** Adds the results to those of the same day, so that cases can be run one by one. */
async function save(date: string, results: Readonly<Record<string, Result>>): Promise<void> {
  const folder = new URL('results/', import.meta.url);
  const file = new URL(`${date}${isQuick ? '-quick' : ''}.json`, folder);
  await mkdir(folder, { recursive: true });
  const before = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as { cases?: object },
    () => ({ cases: {} }),
  );
  const all = { date, machine: machine(), rounds, cases: { ...before.cases, ...results } };
  await writeFile(file, `${JSON.stringify(all, null, 2)}\n`);
}

const selected = options.only ? cases.filter(({ name }) => options.only?.includes(name)) : cases;
const date = new Date().toISOString().slice(0, 10);
console.log(`## Benchmark of ${date}: ${machine()}; medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}\n`);
const results: Record<string, Result> = {};
const cluster = await startCluster();
try {
  const say = (text: string) => console.error(`bench: ${text}`);
  for (const one of selected) {
    results[one.name] = await runCase({ cluster, rounds, isQuick, say }, one);
    await save(date, results);
  }
} finally {
  await cluster.close();
}
const targets = Object.values(results).flatMap((result) => ('failed' in result ? [] : result.targets));
const note = isQuick ? 'A quick run: its sizes are too small for the targets to mean much.' : undefined;
if (targets.length > 0) console.log(markdown(targetTable(targets, note)));
const failures = Object.entries(results).flatMap(([name, result]) =>
  'failed' in result ? [`${name}: ${result.failed}`] : [],
);
for (const failure of failures) console.log(`Failed: ${failure}`);
if (failures.length > 0) process.exitCode = 1;

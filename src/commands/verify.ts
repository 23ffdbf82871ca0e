import { Command, Option } from 'commander';
import { describeFailure } from '../model/error-code-of.ts';
import { ConfigError } from '../model/errors.ts';
import type { Json } from '../model/json.ts';
import { DEFAULT_ACCOUNT, labelOf, type StreamRef } from '../model/stream.ts';
import type { Difference } from '../load/compare.ts';
import type { Mismatch, VerifyResult } from '../sync/verification.ts';
import type { Chosen } from '../operations/choose.ts';
import type { VerifyStreamsOptions } from '../operations/verify-streams.ts';
import { withContext, type CommandContext } from './context.ts';
import { count, duration, table } from './format.ts';
import { helpAfter } from './help.ts';
import { accountOption, jsonOption, monthName, wholeNumber, type Invocation, type Output } from './invocation.ts';
import { describeLeftOut } from './left-out.ts';

interface VerifyArguments {
  sample?: number;
  account?: string;
  json?: boolean;
  metrics?: boolean;
  days?: number;
  month?: string;
}

/** Returns the command `verify`, which compares streams with their tables. */
export const verifyCommand = (invocation: Invocation): Command =>
  new Command('verify')
    .description('compare the tables with the source, row by row and column by column; writes nothing')
    .argument('[stream...]', 'streams such as polar.checkouts (default: all that are turned on)')
    .option('--sample <number>', 'compare only this many stored records, chosen at random', wholeNumber(1))
    .option(
      '--metrics',
      "compare revenue, orders, subscriptions and sessions per day with Polar's own (GET /v1/metrics) instead",
    )
    .addOption(
      new Option('--days <number>', 'with --metrics: number of days before today (default: 30)')
        .argParser(wholeNumber(1, 366))
        .conflicts('month'),
    )
    .addOption(new Option('--month <month>', 'with --metrics: a month such as 2026-10').argParser(monthName))
    .addOption(accountOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nEach difference is printed as it is found, with the command that fixes it. Exit code 1 if there is one;\nwith --metrics, if there is one without a known reason.',
    )
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync verify', 'every row of every stream'],
          ['npx checkout-sync verify polar.checkouts --sample 500', '500 stored sessions, chosen at random'],
          ['npx checkout-sync verify --metrics --month 2026-10', "figures of a month beside Polar's own"],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async (streams: string[], options: VerifyArguments) => {
      const { verifyMetrics } = await import('./verify-metrics.ts');
      const isEqual = options.metrics
        ? await verifyMetrics(invocation, requireMetricsOnly(streams, options))
        : await compareTables(invocation, streams, requireStreamsOnly(options));
      if (!isEqual) invocation.fail();
    });

function requireMetricsOnly(streams: readonly string[], options: VerifyArguments): VerifyArguments {
  if (streams.length === 0 && options.sample === undefined) return options;
  throw new ConfigError('CS1105', '--metrics compares figures: leave streams and --sample out');
}

function requireStreamsOnly(options: VerifyArguments): VerifyArguments {
  if (options.days === undefined && options.month === undefined) return options;
  throw new ConfigError('CS1105', '--days and --month are for --metrics');
}

/** Output of a verification, printed as it is found. */
interface Report extends Pick<VerifyStreamsOptions, 'onBegin' | 'onDifference' | 'onEnd'> {
  close: () => void;
}

/** Compares the tables. Returns true if all streams were read and nothing differs. */
async function compareTables(
  invocation: Invocation,
  names: readonly string[],
  { sample, account, json }: VerifyArguments,
): Promise<boolean> {
  const { chooseStreams } = await import('../operations/choose.ts');
  const { verifyStreams } = await import('../operations/verify-streams.ts');
  const { createProgressBars } = await import('./progress.ts');
  const { stdout, stderr, signal } = invocation;
  const compare = async (context: CommandContext, chosen: readonly Chosen[]) => {
    const { close, ...listeners } = json ? jsonReport(stdout) : textReport(stdout);
    const bars = stderr.isTTY && !stdout.isTTY ? createProgressBars() : undefined;
    const options = { areNamed: names.length > 0, sample, ...listeners, onProgress: bars?.show };
    const { isEqual, leftOut } = await verifyStreams(context, chosen, options, signal);
    bars?.close();
    close();
    if (!json) for (const line of describeLeftOut(leftOut)) stdout.write(`${line}\n`);
    return isEqual;
  };
  return withContext(invocation, (config) => chooseStreams(config, names, account), compare);
}

const fixFor = ({ account, stream }: StreamRef, { record }: Mismatch) =>
  `npx checkout-sync pull ${stream} ${record}${account === DEFAULT_ACCOUNT ? '' : ` --account ${account}`}`;

/** Returns a report of one JSON object, written piece by piece: none of it has to be kept. */
function jsonReport(stdout: Output): Report {
  const write = (text: string) => void stdout.write(text);
  const opening = '{"streams":['; // written late: a failure before the first stream writes nothing
  let [streams, differences] = [0, 0];
  return {
    onBegin(ref) {
      write(`${streams++ > 0 ? ',' : opening}${JSON.stringify(ref).slice(0, -1)},"differences":[`);
      differences = 0;
    },
    onDifference(ref, mismatch) {
      const { record: _record, ...difference } = mismatch;
      write(`${differences++ > 0 ? ',' : ''}${JSON.stringify({ ...difference, fix: fixFor(ref, mismatch) })}`);
    },
    onEnd({ account: _account, stream: _stream, ...rest }) {
      write(`],${JSON.stringify(rest).slice(1)}`);
    },
    close: () => write(`${streams > 0 ? '' : opening}]}\n`),
  };
}

/** Returns a report of one line per difference, each with the command that fixes it; a table at the end. */
function textReport(stdout: Output): Report {
  const write = (text: string) => void stdout.write(`${text}\n`);
  const all: VerifyResult[] = [];
  let last: string | undefined;
  const writeFix = (next?: string) => {
    if (last !== undefined && last !== next) write(`  to fix it: ${last}`);
    last = next;
  };
  return {
    onDifference(ref, mismatch) {
      writeFix(fixFor(ref, mismatch));
      write(describeDifference(mismatch));
    },
    onEnd(verified) {
      writeFix();
      all.push(verified);
    },
    close: () => write(resultTable(all).join('\n')),
  };
}

function describeDifference({ kind, table: name, id, column, source, stored }: Difference): string {
  if (kind === 'missing') return `${name} ${id} is not stored`;
  if (kind === 'extra') return `${name} ${id} is stored, but the source does not have it`;
  return `${name} ${id}: ${column} is ${shown(source)} at the source, ${shown(stored)} stored`;
}

const LONGEST_VALUE = 200;

/** Formats a value as JSON, truncated if it is long. */
function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE).toWellFormed()}…` : text;
}

function resultTable(all: readonly VerifyResult[]): string[] {
  const head = ['stream', 'records', 'missing', 'extra', 'different', 'behind', 'requests', 'time'];
  const rows = all.map((verified) => [
    labelOf(verified),
    count(verified.records),
    count(verified.missing),
    count(verified.extra),
    count(verified.different),
    count(verified.behind),
    count(verified.requests),
    duration(verified.durationMs),
  ]);
  const errors = all.flatMap((one) => (one.error === undefined ? [] : [`${labelOf(one)}: ${describeFailure(one)}`]));
  const behind = all.some((verified) => verified.behind > 0)
    ? ['behind: the source changed them after the last full walk or whole look-back began; the next one brings them.']
    : [];
  const hidden = all.flatMap((verified) =>
    verified.hidden > 0
      ? [`${labelOf(verified)}: ${count(verified.hidden)} stored records are of others, or not shown: not compared`]
      : [],
  );
  return [...table(head, rows), ...behind, ...hidden, ...errors];
}

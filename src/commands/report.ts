import { stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { withContext, type CommandContext } from './context.ts';
import { helpAfter } from './help.ts';
import { jsonOption, print, type Invocation } from './invocation.ts';

/** Milliseconds after which a query of the command is aborted; the pool's own limit is the same. */
export const LONGEST_FIGURE_MS = 60_000;

const STDOUT = '-';

interface ReportArguments {
  month?: string;
  out: string;
  json?: boolean;
}

/** Returns the command `report`. */
export const reportCommand = (invocation: Invocation): Command =>
  new Command('report')
    .description("write a month's figures as one HTML file; reads only the views for reports")
    .addOption(new Option('--month <month>', 'month such as 2026-10 (default: the last whole month)'))
    .addOption(new Option('--out <file>', `file to write, ${STDOUT} for stdout`).default('report.html'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync report', 'the last whole month, as report.html'],
          ['npx checkout-sync report --month 2026-10 --out october.html', 'another month'],
          ['npx checkout-sync report --json', 'the figures, without the page'],
        ],
        page: 'docs/reports.md',
      }),
    )
    .action((options: ReportArguments) => writeReport(invocation, options));

async function writeReport(invocation: Invocation, { month, out, json }: ReportArguments): Promise<void> {
  const { makeReport } = await import('../reporting/report/report.ts');
  const { reportPage } = await import('../reporting/report/page.ts');
  const { parseMonth } = await import('../reporting/report/month.ts');
  const check = () => (month === undefined ? undefined : parseMonth(month));
  const read = ({ config, db }: CommandContext, wanted: string | undefined) => {
    const { timezone } = config.report;
    return makeReport(db.pool, { timezone, month: wanted, timeoutMs: LONGEST_FIGURE_MS }, invocation.signal);
  };
  const report = await withContext(invocation, check, read);
  if (json) return print(invocation, report, false);
  const page = await reportPage(report);
  if (out === STDOUT) return void invocation.stdout.write(page);
  await writePage(out, page);
  print(invocation, undefined, [`Wrote ${resolve(out)}: the report on ${report.month}.`]);
}

/** Writes all of a page or nothing. Writes directly to anything that is not a file, such as a pipe. */
async function writePage(path: string, page: string): Promise<void> {
  const { replaceFile } = await import('../config/replace-file.ts');
  const found = await stat(path).catch(() => undefined);
  await (found?.isFile() === false ? writeFile(path, page) : replaceFile(path, page, found?.mode ?? 0o666));
}

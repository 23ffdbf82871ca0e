import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExportFormat } from '../reporting/export/export.ts';
import type { SinceSeq } from '../reporting/export/feed-range.ts';
import type { Manifest } from '../reporting/export/manifest.ts';
import { ConfigError } from '../model/errors.ts';
import { withContext } from './context.ts';
import { count, table } from './format.ts';
import { helpAfter } from './help.ts';
import { jsonOption, print, type Invocation } from './invocation.ts';

interface ExportArguments {
  format: ExportFormat;
  sinceSeq?: SinceSeq;
  out: string;
  force?: boolean;
  list?: boolean;
  json?: boolean;
}

/** Returns the command `export`, which writes views and tables to files. */
export const exportCommand = (invocation: Invocation): Command =>
  new Command('export')
    .description(
      'write views and tables into files, all from one snapshot, with a manifest; writes nothing to the database',
    )
    .argument(
      '[name...]',
      'views such as checkouts, tables such as polar.checkouts, or schemas such as polar (default: all views for reports)',
    )
    .addOption(
      new Option('--format <format>', 'format of the files').choices(['parquet', 'csv', 'jsonl']).default('parquet'),
    )
    .option(
      '--since-seq <seq>',
      'only rows changed after this seq of the change feed, which is lastSeq in the previous manifest; for both sources, polar=<seq>,fynn=<seq>',
      parseSinceSeq,
    )
    .option('--out <folder>', 'folder for the files', 'export')
    .option('--force', 'replace files that are not from an earlier export')
    .option('--list', 'show what can be exported, and write nothing')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExit code 1 if the export fails, or if the change feed does not reach back to --since-seq. In both cases, no file is replaced.',
    )
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync export', 'all views for reports, as Parquet'],
          ['npx checkout-sync export checkouts revenue_daily --format csv --out month', 'two views, for a spreadsheet'],
          [
            'npx checkout-sync export polar.checkouts --since-seq polar=1200',
            'only rows that changed since that export',
          ],
          ['npx checkout-sync export --list', 'what can be exported'],
        ],
        page: 'docs/exports.md',
      }),
    )
    .action((names: string[], options: ExportArguments, command: Command) =>
      options.list
        ? listNames(invocation, options)
        : exportNames(invocation, names, { ...options, createdBy: `checkout-sync ${command.parent?.version()}` }),
    );

/** Parses `120`, or `polar=120,fynn=7`. */
function parseSinceSeq(text: string): SinceSeq {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (!/^\w+=\d{1,15}(,\w+=\d{1,15})*$/.test(text))
    throw new InvalidArgumentError('It must be a whole number, or one per source, such as polar=120,fynn=7.');
  const pairs = text.split(',').map((pair) => pair.split('='));
  const sources = pairs.map(([source]) => source);
  const repeated = sources.find((source, at) => sources.indexOf(source) < at);
  if (repeated !== undefined) throw new InvalidArgumentError(`It has more than one seq of ${repeated}.`);
  return Object.fromEntries(pairs.map(([source, seq]) => [String(source), Number(seq)]));
}

async function listNames(invocation: Invocation, { json }: ExportArguments): Promise<void> {
  const { listExportable } = await import('../reporting/export/export.ts');
  const { sourceEntities } = await import('../sources/index.ts');
  const list = await withContext(
    invocation,
    () => undefined,
    ({ db }) => listExportable({ url: db.url, sources: sourceEntities }, invocation.signal),
  );
  const rows = list.map(({ name, kind, hasFeed, comment }) => [name, kind, hasFeed ? 'yes' : '', comment ?? '']);
  print(invocation, { exportable: list }, !json && table(['name', 'kind', 'since-seq', 'what'], rows));
}

async function exportNames(
  invocation: Invocation,
  names: readonly string[],
  { format, sinceSeq: since, out: folder, force = false, json, createdBy }: ExportArguments & { createdBy: string },
): Promise<void> {
  if (since !== undefined && names.length === 0)
    throw new ConfigError(
      'CS1105',
      '--since-seq needs the names of tables, such as polar.checkouts, or of a schema, such as polar',
    );
  const { exportFiles } = await import('../reporting/export/export.ts');
  const { sourceEntities } = await import('../sources/index.ts');
  const { createByteCounter } = await import('./progress.ts');
  const { stderr, signal } = invocation;
  const counter = stderr.isTTY === true && !json ? createByteCounter() : undefined;
  try {
    const manifest = await withContext(
      invocation,
      () => undefined,
      ({ db }) =>
        exportFiles(
          { url: db.url, sources: sourceEntities },
          { names, format, since, folder, force, createdBy, say: (message) => void stderr.write(`${message}\n`) },
          (file, bytes) => counter?.show(file, bytes),
          signal,
        ),
    );
    counter?.close();
    print(invocation, manifest, !json && describeManifest(manifest, folder));
  } finally {
    counter?.close();
  }
}

function describeManifest({ exports, lastSeq, format }: Manifest, folder: string): string[] {
  const files = exports.flatMap(({ replaces, ...exported }) => [exported, ...(replaces ? [replaces] : [])]);
  const rows = files.map(({ file, rows, bytes }) => [file, count(rows), count(bytes)]);
  const seqs = Object.entries(lastSeq).map(([source, seq]) => `${source}=${seq}`);
  const next = seqs.length > 0 ? ` What changes from now on: --since-seq ${seqs.join(',')}` : '';
  return [
    ...table(['file', 'rows', 'bytes'], rows),
    `${count(files.length)} ${format} files and manifest.json in ${folder}.${next}`,
  ];
}

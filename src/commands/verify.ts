import type { SyncContext } from '../sync/context.ts';
import type { Json } from '../model/json.ts';
import type { Difference } from '../load/compare.ts';
import { verify, type Mismatch, type Verified } from '../sync/verify.ts';
import { chooseStreams, requireTables, withContext, withEngine } from './context.ts';
import { createProgressBars } from './progress.ts';
import { count, duration, table } from './text.ts';

/** Options of the command `verify`. */
export interface VerifyOptions {
  sample?: number;
  json?: boolean;
}

/** Where the outcome goes as it is found, so that nothing of it has to be kept. */
interface Report {
  begin(stream: string): void;
  difference(stream: string, discovery: Mismatch): void;
  end(verified: Verified): void;
  close(): void;
}

/** The command `verify`: compares streams with their tables. True when all were read and nothing differs. */
export function verifyCommand(
  names: readonly string[],
  { sample, json }: VerifyOptions,
  signal: AbortSignal,
): Promise<boolean> {
  return withContext(
    (config) => chooseStreams(config, names),
    async (context, chosen) => {
      await requireTables(context.db);
      const report = json ? jsonReport() : textReport();
      const bars = process.stderr.isTTY && !process.stdout.isTTY ? createProgressBars() : undefined;
      let isEqual = true;
      for (const { source, stream } of chosen) {
        report.begin(stream.name);
        const onDifference = (discovery: Mismatch) => report.difference(stream.name, discovery);
        const wanted = { onDifference, ...(sample !== undefined && { sample }) };
        const verified = await withEngine(context, source, (context: SyncContext) =>
          verify({ ...context, ...(bars && { onProgress: bars.show }) }, stream, wanted, signal),
        );
        report.end(verified);
        const { missing, extra, different, error } = verified;
        isEqual &&= missing + extra + different === 0 && error === undefined;
      }
      bars?.close();
      report.close();
      return isEqual;
    },
    { signal },
  );
}

const mending = (stream: string, { record }: Mismatch) => `npx checkout-sync pull ${stream} ${record}`;

/** One JSON object, written piece by piece. */
function jsonReport(): Report {
  const write = (text: string) => void process.stdout.write(text);
  let [streams, differences] = [0, 0];
  write('{"streams":[');
  return {
    begin(stream) {
      write(`${streams++ > 0 ? ',' : ''}{"stream":${JSON.stringify(stream)},"differences":[`);
      differences = 0;
    },
    difference(stream, discovery) {
      const { record: _record, ...difference } = discovery;
      write(`${differences++ > 0 ? ',' : ''}${JSON.stringify({ ...difference, mend: mending(stream, discovery) })}`);
    },
    end({ stream: _stream, ...rest }) {
      write(`],${JSON.stringify(rest).slice(1)}`);
    },
    close: () => write(']}\n'),
  };
}

/** A line for each difference, then how to mend it; a table at the end. */
function textReport(): Report {
  const write = (text: string) => void process.stdout.write(`${text}\n`);
  const all: Verified[] = [];
  let last: string | undefined;
  const mend = (next?: string) => {
    if (last !== undefined && last !== next) write(`  to mend it: ${last}`);
    last = next;
  };
  return {
    begin: () => undefined,
    difference(stream, discovery) {
      mend(mending(stream, discovery));
      write(describe(discovery));
    },
    end(verified) {
      mend();
      all.push(verified);
    },
    close: () => write(summary(all).join('\n')),
  };
}

function describe({ kind, table: name, id, column, source, stored }: Difference): string {
  if (kind === 'missing') return `${name} ${id} is not stored`;
  if (kind === 'extra') return `${name} ${id} is stored, but the source does not have it`;
  return `${name} ${id}: ${column} is ${shown(source)} at the source, ${shown(stored)} stored`;
}

const LONGEST_VALUE = 200;

/** A value as JSON, cut off where it is long. */
function shown(value: Json | undefined): string {
  const text = JSON.stringify(value ?? null);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE).toWellFormed()}…` : text;
}

function summary(all: readonly Verified[]): string[] {
  const head = ['stream', 'records', 'missing', 'extra', 'different', 'behind', 'requests', 'time'];
  const rows = all.map((verified) => [
    verified.stream,
    count(verified.records),
    count(verified.missing),
    count(verified.extra),
    count(verified.different),
    count(verified.behind),
    count(verified.requests),
    duration(verified.durationMs),
  ]);
  const errors = all.flatMap(({ stream, error }) => (error === undefined ? [] : [`${stream}: ${error}`]));
  const behind = all.some((verified) => verified.behind > 0)
    ? ['behind: the source changed them after the last complete walk began; the next one brings them.']
    : [];
  const hidden = all.flatMap((verified) =>
    verified.hidden > 0
      ? [`${verified.stream}: ${count(verified.hidden)} stored records are of others, or not shown: not compared`]
      : [],
  );
  return [...table(head, rows), ...behind, ...hidden, ...errors];
}

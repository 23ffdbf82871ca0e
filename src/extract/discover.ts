import type { Logger } from '../log.ts';
import type { Finding, Stream } from '../stream.ts';
import { collect } from './collect.ts';
import { readAhead } from './read-ahead.ts';
import type { Page, Reader } from './reader.ts';
import type { Span } from './span.ts';

/** What a walk by ids needs to know. */
export interface Discovery {
  stream: Stream;
  finding: Finding & { by: 'id' };
  /** Pages that earlier runs of this walk stored, a record each. */
  spans: readonly Span[];
  /** Ids that are stored already: what is named nowhere any more may still exist. */
  known: readonly string[];
  lanes: number;
}

/**
 * Finds the records of a stream whose list may not exist: it is tried once; where there is none, every id that another
 * stream's records name, and every id known before, is asked for, a page a record. One that the source does not have is on
 * no page.
 */
export async function* discover(
  reader: Reader,
  { stream, finding, spans, known, lanes }: Discovery,
  log: Logger,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const isDetailed = spans.some(({ leg }) => leg === 'detail');
  if (!isDetailed && (await reader.hasList(stream, signal))) {
    yield* collect(reader, stream, log, signal);
    return;
  }
  const ids = new Set(known);
  for await (const { records } of collect(reader.of(finding.in), finding.in, log, signal))
    for (const id of records.flatMap(finding.idsOf)) ids.add(id);
  const done = new Set(spans.map(({ first }) => first?.id));
  const open = [...ids].filter((id) => !done.has(id)).toSorted((a, b) => (a < b ? -1 : 1));
  const stored = spans.length;
  const read = (at: number, within: AbortSignal) => reader.one(open[at] ?? '', stored + at + 1, ids.size, within);
  for await (const page of readAhead(0, open.length - 1, lanes, read, signal)) if (page) yield page;
}

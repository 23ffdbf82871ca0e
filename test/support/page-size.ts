import type { Stream } from '../../src/model/stream.ts';

/** The stream with pages of another size, and so the one that it finds its ids in. */
export function withPageSize(stream: Stream, pageSize: number): Stream {
  const { discovery } = stream;
  if (discovery.by !== 'id') return { ...stream, pageSize };
  return { ...stream, pageSize, discovery: { ...discovery, in: { ...discovery.in, pageSize } } };
}

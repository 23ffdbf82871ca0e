import { addressOf, type Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';

/** Which list a stream's walks read: whose, where, and filtered how. */
export const listOf = (source: Source, { scope }: Stream) =>
  `${addressOf(source)} ${source.credential} ${JSON.stringify(scope)}`;

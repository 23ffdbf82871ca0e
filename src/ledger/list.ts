import { addressOf, type Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';

/** Returns the identity of the list that a stream's walks read: address, credential and filters. */
export const listOf = (source: Source, { scope }: Stream) =>
  `${addressOf(source)} ${source.credential} ${JSON.stringify(scope)}`;

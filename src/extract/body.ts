import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** What answers may be encoded in, for `accept-encoding`. */
export const ACCEPTED = 'gzip, br, zstd';

/** RFC 9659: a zstd body needs no window larger than 8 MB. */
const ZSTD = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

const decoders = new Map<string, () => Transform>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', () => createInflate()],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress(ZSTD)],
]);

/** A body is larger than it may be, as it would be at the next try. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a body to its end as UTF-8 text, decoded. Neither what comes over the wire nor what it decodes to goes beyond
 * `mostBytes`: then, and for an encoding that is not known or a stream that is cut off, it throws and closes the body.
 */
export async function readBody(body: Readable, encoding: string, mostBytes: number): Promise<string> {
  const parts: Buffer[] = [];
  const [wire, text] = [counter(mostBytes), counter(mostBytes, (part) => parts.push(part))];
  const reading = pipeline([body, wire.stream, ...decodersOf(encoding), text.stream.resume()]);
  await reading.catch((error: unknown) => {
    // Servers name an encoding on answers without a body, too.
    if (wire.bytes() > 0 || body.errored) throw error;
  });
  return new TextDecoder().decode(Buffer.concat(parts));
}

/** A stream that counts what passes, and fails beyond a bound. */
function counter(mostBytes: number, onPart: (part: Buffer) => void = () => undefined) {
  let bytes = 0;
  const stream = new Transform({
    transform(part: Buffer, _encoding, done) {
      bytes += part.length;
      if (bytes > mostBytes) return done(new BodyTooLargeError(`it is larger than ${mostBytes / 2 ** 20} MB`));
      onPart(part);
      done(null, part);
    },
  });
  return { stream, bytes: () => bytes };
}

/** No server has a reason for more, and each layer can multiply the size of a body. */
const MOST_LAYERS = 2;

/** The decoders of `content-encoding`, which names the encodings in the order they were applied. */
function decodersOf(encoding: string): Transform[] {
  const names = encoding
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const found = names.toReversed().flatMap((name) => decoders.get(name)?.() ?? []);
  return found.length === names.length && names.length <= MOST_LAYERS ? found : [unknown(encoding)];
}

function unknown(encoding: string): Transform {
  const error = new Error(`its content-encoding is ${encoding.slice(0, 40)}, which was not asked for`);
  return new Transform({ transform: (_part, _encoding, done) => done(error) });
}

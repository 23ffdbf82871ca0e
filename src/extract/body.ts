import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** The encodings of responses that are accepted, for `accept-encoding`. */
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

/** The body is larger than the limit, and would be on a retry. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a whole body, and undoes its encodings. Throws, and closes the body, when more than `mostBytes` are received or
 * decoded, when the encoding is unknown, or when the stream is cut off.
 */
export async function readBody(body: Readable, encoding: string, mostBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  const [wire, text] = [byteCounter(mostBytes), byteCounter(mostBytes, (part) => parts.push(part))];
  const reading = pipeline([body, wire.stream, ...decodersOf(encoding), text.stream.resume()]);
  await reading.catch((error: unknown) => {
    // Servers also name an encoding on responses without a body.
    if (wire.bytes() > 0 || body.errored) throw error;
  });
  return Buffer.concat(parts);
}

/** Creates a stream that counts bytes, and fails beyond the limit. */
function byteCounter(mostBytes: number, onPart: (part: Buffer) => void = () => undefined) {
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

/** No server has a reason to use more, and each layer can multiply the size of a body. */
const MOST_LAYERS = 2;

/** Returns the decoders of `content-encoding`, which lists the encodings in the order they were applied. */
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

import { Transform, Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** The encodings of responses that are accepted, for `accept-encoding`: zstd makes pages smallest, and takes least to undo. */
export const ACCEPTED = 'zstd, br;q=0.9, gzip;q=0.8';

/** RFC 9659: a zstd body needs no window larger than 8 MB. */
const ZSTD = { params: { [constants.ZSTD_d_windowLogMax]: 23 } };

/** A page is undone in a few steps: by default, each of them yields 16 kB. */
const STEP = { chunkSize: 256 * 1024 };

const decoders = new Map<string, () => Transform>([
  ['gzip', () => createGunzip(STEP)],
  ['x-gzip', () => createGunzip(STEP)],
  ['deflate', () => createInflate(STEP)],
  ['br', () => createBrotliDecompress(STEP)],
  ['zstd', () => createZstdDecompress({ ...STEP, ...ZSTD })],
]);

/** The body is larger than the limit, and would be on a retry. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/**
 * Reads a whole body in parts, and undoes its encodings. Throws, and closes the body, when more than `mostBytes` are received or
 * decoded, when the encoding is unknown, or when the stream is cut off.
 */
export async function readBody(body: Readable, encoding: string, mostBytes: number): Promise<Buffer[]> {
  const steps = decodersOf(encoding);
  const parts: Buffer[] = [];
  const count = byteCount(mostBytes);
  const text = new Writable({
    write(part: Buffer, _encoding, done) {
      parts.push(part);
      done(count(part));
    },
  });
  if (steps.length === 0) await pipeline(body, text);
  else await undoEncodings(body, [...steps, text], mostBytes);
  return parts;
}

async function undoEncodings(
  body: Readable,
  steps: readonly (Transform | Writable)[],
  mostBytes: number,
): Promise<void> {
  const count = byteCount(mostBytes);
  let isEmpty = true;
  const wire = new Transform({
    transform(part: Buffer, _encoding, done) {
      isEmpty = false;
      done(count(part), part);
    },
  });
  await pipeline([body, wire, ...steps]).catch((error: unknown) => {
    // Servers also name an encoding on responses without a body.
    if (!isEmpty || body.errored) throw error;
  });
}

/** Counts bytes; returns an error beyond the limit. */
function byteCount(mostBytes: number): (part: Buffer) => BodyTooLargeError | null {
  let bytes = 0;
  return (part) => {
    bytes += part.length;
    return bytes > mostBytes ? new BodyTooLargeError(`it is larger than ${mostBytes / 2 ** 20} MB`) : null;
  };
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
  const found = names.toReversed().flatMap((name) => decoders.get(name) ?? []);
  const isKnown = found.length === names.length && names.length <= MOST_LAYERS;
  return isKnown ? found.map((open) => open()) : [unknown(encoding)];
}

function unknown(encoding: string): Transform {
  const error = new Error(`its content-encoding is ${encoding.slice(0, 40)}, which was not asked for`);
  return new Transform({ transform: (_part, _encoding, done) => done(error) });
}

/** Joins the parts of a body; the result is valid until the next call. */
export type BodyJoiner = (parts: readonly Buffer[]) => Buffer;

/** A larger body gets memory of its own. */
const MOST_KEPT_BYTES = 4 * 2 ** 20;

/** Creates a joiner that uses the same memory for each page: the system takes half a millisecond to hand out that of a new one. */
export function createBodyJoiner(): BodyJoiner {
  let room = Buffer.alloc(0);
  return (parts) => {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (length > MOST_KEPT_BYTES) return Buffer.concat(parts);
    if (length > room.length) room = Buffer.allocUnsafeSlow(Math.min(2 * length, MOST_KEPT_BYTES));
    let end = 0;
    for (const part of parts) end += part.copy(room, end);
    return room.subarray(0, length);
  };
}

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

/** A whole body. Its bytes are valid until it is released: then the next one is read into the same memory. */
export interface Body {
  bytes: Buffer;
  release: () => void;
}

/**
 * Reads a whole body, and undoes its encodings. Throws, and closes the body, when more than the limit is received or decoded,
 * when the encoding is unknown, or when the stream is cut off.
 */
export type BodyReader = (body: Readable, encoding: string) => Promise<Body>;

/** Memory for a body: a page has a megabyte, and what is never written to takes none of the system's. */
const USUAL_BYTES = 2 * 2 ** 20;

/** Most memory that is kept for the next bodies: larger bodies, and those of many requests at a time, get memory of their own. */
const MOST_REUSED = { each: 4 * 2 ** 20, bodies: 4 };

/**
 * Creates a reader that uses the same memory again: the system takes half a millisecond to hand out that of a page, and what
 * parts are not copied out of stays in memory until all of it is cleaned up.
 */
export function createBodyReader(mostBytes: number): BodyReader {
  const kept: Buffer[] = [];
  return async (body, encoding) => {
    let memory: Buffer = Buffer.alloc(0);
    let length = 0;
    const count = byteCount(mostBytes);
    const text = new Writable({
      write(part: Buffer, _encoding, done) {
        const problem = count(part);
        if (problem) return done(problem);
        const end = length + part.length;
        if (memory.length === 0) memory = kept.pop() ?? memory;
        if (end > memory.length) memory = enlarged(memory, end);
        part.copy(memory, length);
        length = end;
        done();
      },
    });
    const steps = decodersOf(encoding);
    if (steps.length === 0) await pipeline(body, text);
    else await undoEncodings(body, [...steps, text], mostBytes);
    const release = () => {
      const isUseful = memory.length > 0 && memory.length <= MOST_REUSED.each;
      if (isUseful && kept.length < MOST_REUSED.bodies) kept.push(memory);
    };
    return { bytes: memory.subarray(0, length), release };
  };
}

function enlarged(memory: Buffer, length: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(Math.max(USUAL_BYTES, 2 * length));
  memory.copy(larger);
  return larger;
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

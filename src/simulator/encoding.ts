import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { ApiResponse } from './api.ts';

const encoders = {
  gzip: (body: Buffer) => gzipSync(body, { level: 1 }),
  br: (body: Buffer) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: (body: Buffer) => zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
};

/** An encoding of response bodies. */
export type Encoding = keyof typeof encoders;

/** Encodes a body of some size in the encoding that the client prefers, the first of several, as web servers do. */
export function encoded(response: ApiResponse, accepted: string, offered: readonly Encoding[]): ApiResponse {
  const [name] = offered
    .filter((one) => weightOf(one, accepted) > 0)
    .toSorted((one, other) => weightOf(other, accepted) - weightOf(one, accepted));
  if (
    name === undefined ||
    response.body === null ||
    response.body.length < 1000 ||
    'content-encoding' in response.headers
  )
    return response;
  const headers = { ...response.headers, 'content-encoding': name, vary: 'accept-encoding' };
  return { ...response, headers, body: encoders[name](response.body) };
}

/** The weight that `accept-encoding` gives to an encoding: RFC 9110, 12.5.3. */
function weightOf(encoding: Encoding, accepted: string): number {
  const found = new RegExp(`\\b${encoding}\\b(?:\\s*;\\s*q=([\\d.]+))?`).exec(accepted);
  return found ? Number(found[1] ?? 1) : 0;
}

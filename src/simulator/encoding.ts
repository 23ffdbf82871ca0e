import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { ApiResponse } from './api.ts';

const encoders = {
  gzip: (body: Buffer) => gzipSync(body, { level: 1 }),
  br: (body: Buffer) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: (body: Buffer) => zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
};

/** An encoding of response bodies. */
export type Encoding = keyof typeof encoders;

/** Encodes a body of some size in the first encoding that the client accepts, as web servers do. */
export function encoded(response: ApiResponse, accepted: string, offered: readonly Encoding[]): ApiResponse {
  const name = offered.find((candidate) => new RegExp(`\\b${candidate}\\b`).test(accepted));
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

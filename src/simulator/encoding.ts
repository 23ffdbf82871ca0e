import { brotliCompressSync, constants, gzipSync, zstdCompressSync } from 'node:zlib';
import type { ApiResponse } from './api.ts';

const encoders = {
  gzip: (body: Buffer) => gzipSync(body, { level: 1 }),
  br: (body: Buffer) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  zstd: (body: Buffer) => zstdCompressSync(body, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
};

/** How an answer can be encoded. */
export type Encoding = keyof typeof encoders;

/** As web servers do: a body worth it goes out in the first encoding that the client accepts. */
export function encoded(answer: ApiResponse, accepted: string, offered: readonly Encoding[]): ApiResponse {
  const name = offered.find((candidate) => new RegExp(`\\b${candidate}\\b`).test(accepted));
  if (name === undefined || answer.body === null || answer.body.length < 1000 || 'content-encoding' in answer.headers)
    return answer;
  const headers = { ...answer.headers, 'content-encoding': name, vary: 'accept-encoding' };
  return { ...answer, headers, body: encoders[name](answer.body) };
}

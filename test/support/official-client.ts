import { createPolar } from '@polar-sh/sdk/2026-10';
import type { Simulator } from '../../src/simulator/simulator.ts';

/** Polar's own client of a simulator. By itself, it waits five seconds for a response, which a slow machine exceeds. */
export const officialClient = ({ url, token }: Pick<Simulator, 'url' | 'token'>, accessToken = token) =>
  createPolar({ accessToken, baseUrl: url, timeout: 120 });

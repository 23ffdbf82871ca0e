import type { Fault } from '../../src/simulator/faults.ts';

/** Patience that ends soon, with a fault that only its end overcomes: it may end for other requests as well on a slow machine. */
export const IMPATIENT = { timeoutMs: 300 };

/** True for a fault after which nothing more comes. */
export const isSilent = (fault: Fault): boolean => fault === 'hang' || fault === 'stall';

/** Faults that pass by themselves, in plain words. */
export const passingFaults: Readonly<Record<string, Fault>> = {
  'a 429 with retry-after': { fault: 'status', status: 429, headers: { 'retry-after': '0' } },
  'a 429 without': { fault: 'status', status: 429, body: { error: 'TooManyRequests' } },
  'a 500 with HTML': { fault: 'status', status: 500, headers: { 'content-type': 'text/html' }, body: '<h1>oops</h1>' },
  'a 502 without a body': { fault: 'status', status: 502 },
  'a reset': 'reset',
  'half a body': 'half-body',
  'a hang': 'hang',
  'a body that stalls': 'stall',
  'half a JSON document': 'invalid-json',
  'an empty body': 'empty-body',
  'JSON of another form': { fault: 'rewrite', json: () => ({ items: 'none' }) },
  'HTML with a 200': {
    fault: 'status',
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<h1>welcome</h1>',
  },
};

import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8's heap grow to twice what is alive in it, instead of up to four times, before garbage is collected. It is set here
 * and not on the command line, because Node.js would refuse to start if a later V8 no longer had the flag.
 */
export const limitHeapGrowth = (): void => setFlagsFromString('--heap-growing-percent=100');

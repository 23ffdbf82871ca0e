import { setFlagsFromString } from 'node:v8';

/**
 * Lets V8's heap grow to twice what is alive in it, instead of up to four times, before garbage is collected. And keeps new
 * objects out of the old generation: V8 allocates there at once what often survives, such as rows that wait for their
 * transaction, and once dead they keep alive what they refer to.
 */
const HEAP_FLAGS = ['--heap-growing-percent=100', '--no-allocation-site-pretenuring'];

/**
 * Sets V8's heap up for pages that come and go. This is done here and not on the command line, because Node.js would refuse to
 * start if a later V8 no longer had one of the flags.
 */
export const tuneHeap = (): void => HEAP_FLAGS.forEach((flag) => setFlagsFromString(flag));

import type { StreamStatus } from '../ledger/status.ts';

/** Returns true once a walk of the stream began. */
export const wasBegun = ({ lastComplete, walk, lastError }: StreamStatus) => Boolean(lastComplete ?? walk ?? lastError);

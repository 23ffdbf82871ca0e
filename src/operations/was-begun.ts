import type { StreamStatus } from '../ledger/status.ts';

/** True once a walk of the stream began. */
export const wasBegun = ({ lastComplete, walk, lastError }: StreamStatus) => Boolean(lastComplete ?? walk ?? lastError);

/** What the pages show of the queue. */
export interface QueueState {
  backend: string;
  /** Jobs by state, such as `waiting`, `active`, `delayed` and `failed`. Fails when the queue does not answer. */
  counts: () => Promise<Record<string, number>>;
  isPaused: () => Promise<boolean>;
  /** Tries a write that leaves nothing. Fails with what is wrong when the queue would take none. */
  probe: () => Promise<void>;
}

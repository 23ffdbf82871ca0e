/** The state of the queue, for the admin pages. */
export interface QueueState {
  backend: string;
  /**
   * Returns the number of jobs by state: `waiting`, `active`, `delayed`, `failed`, …. Rejects if the queue does not
   * respond.
   */
  counts: () => Promise<Record<string, number>>;
  isPaused: () => Promise<boolean>;
  /** Tries a write that leaves nothing behind. Rejects with the reason if the queue accepts no writes. */
  probe: () => Promise<void>;
}

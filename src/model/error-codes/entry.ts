/** An error code's entry in docs/errors.md. */
export interface ErrorEntry {
  title: string;
  /** The event, and its cause. */
  means: string;
  /** The remedy. */
  fix: string;
  /** Exit code of a command that ends with this error; absent if none does. */
  exit?: 1 | 2;
  /** HTTP status of a response with this error; absent if there is none. */
  http?: number;
}

/** Entries by their code. */
export type ErrorEntries = Readonly<Record<`CS${number}`, ErrorEntry>>;

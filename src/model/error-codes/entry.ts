/** What docs/errors.md says of a code. */
export interface ErrorEntry {
  title: string;
  /** What happened, and why. */
  means: string;
  /** What to do. */
  fix: string;
  /** The exit code of a command that ends with this error; absent where none does. */
  exit?: 1 | 2;
  /** The HTTP status of a response with this error; absent where there is none. */
  http?: number;
}

/** Entries by their code. */
export type ErrorEntries = Readonly<Record<`CS${number}`, ErrorEntry>>;

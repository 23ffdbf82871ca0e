import type { Http } from './extract/http.ts';
import type { Page } from './extract/reader.ts';
import type { Database } from './load/database.ts';
import type { Logger } from './log.ts';
import type { Mode, Source } from './stream.ts';

/** What every run needs. */
export interface Engine {
  db: Database;
  source: Source;
  http: Http;
  log: Logger;
  /** How many pages are fetched side by side; twelve unless given. */
  lanes?: number;
  /** Called at each step of a page; a test can stop the process there. */
  onStep?: (step: 'fetched' | 'committed', page: Page) => void | Promise<void>;
  /** Called as the run goes on. */
  onProgress?: (progress: Progress) => void;
}

/** How far a run has come. */
export interface Progress {
  stream: string;
  mode: Mode;
  /** Pages read by the whole walk, and how many it takes as far as the source's totals tell. */
  pages: number;
  expectedPages: number | undefined;
  records: number;
  phase: 'walk' | 'tombstones';
}

import type { Json } from '../model/json.ts';
import type { Span } from './span.ts';

/** A page as it was read: its records, and what it showed of the list. */
export interface Page {
  records: Json[];
  observedAt: string;
  /** The source's clock, from the answer's `Date` header. */
  sourceTime: string | undefined;
  span: Span;
}

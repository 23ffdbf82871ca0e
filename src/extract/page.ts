import type { Json } from '../model/json.ts';
import type { Span } from './span.ts';

/** A page as read: its records, and what it showed of the list. */
export interface Page {
  records: Json[];
  observedAt: string;
  /** The source's clock, from the `Date` header. */
  sourceTime: string | undefined;
  span: Span;
}

import type { FeedEvent } from '../events.ts';

/** The edits that Polar sends a webhook for. Polar: none exist for links, custom fields, medias, meters and prices. */
export type EventType =
  | 'checkout.created'
  | 'checkout.updated'
  | 'checkout.expired'
  | 'product.created'
  | 'product.updated'
  | 'benefit.created'
  | 'benefit.updated'
  | 'discount.created'
  | 'discount.updated'
  | 'discount.deleted';

/** An edit that Polar tells of. */
export type PolarEvent = FeedEvent<EventType>;

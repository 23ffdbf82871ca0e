import type { FeedEvent } from '../events.ts';

/** The edits that Fynn sends a webhook for, and that the simulator can make. Fynn: none exist for links and their items. */
export type EventType = 'product.created' | 'product.updated' | 'product.archived' | 'price_plan.archived';

/** An edit that Fynn tells of. */
export type FynnEvent = FeedEvent<EventType>;

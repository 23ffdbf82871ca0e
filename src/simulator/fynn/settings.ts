import type { RateLimit } from '../rate-limit.ts';

/** How the simulated Fynn behaves; every setting may be changed while it runs. */
export interface FynnSettings {
  /** The API key that counts. */
  apiKey: string;
  /** What the key may do, such as `price-plan:read`. */
  permissions: string[];
  /** Null is no limit. Fynn: none is documented. */
  rateLimit: RateLimit | null;
  /** The most rows a page; a larger `limit` is silently lowered to it. */
  pageLimit: number;
  /** Whether `GET /checkout-links` exists. */
  hasLinkList: boolean;
  /** Whether the items in a link carry their ids. */
  itemIds: boolean;
  /** Whether lists come in another order with each request. */
  shuffleRows: boolean;
  /** Whether some of the values that are not there are `{}` instead of null, in records made from now on. */
  emptyObjects: boolean;
}

/** A key that may read what there is, and an API as far as it is documented. */
export function defaultSettings(): FynnSettings {
  return {
    apiKey: 'fynn_simulator',
    permissions: ['checkout-link:read', 'price-plan:read'],
    rateLimit: null,
    pageLimit: 100,
    hasLinkList: false,
    itemIds: false,
    shuffleRows: false,
    emptyObjects: false,
  };
}

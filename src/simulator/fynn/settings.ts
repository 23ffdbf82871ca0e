import type { RateLimit } from '../rate-limit.ts';

/** The behaviour of the simulated Fynn; every setting may be changed while it runs. */
export interface FynnSettings {
  /** The API key that counts. */
  apiKey: string;
  /** Permissions of the key, such as `price-plan:read`. */
  permissions: string[];
  /** Null is no limit. Fynn: none is documented. */
  rateLimit: RateLimit | null;
  /** The most rows per page; a larger `limit` is silently lowered to it. */
  pageLimit: number;
  /** True where `GET /checkout-links` exists. */
  hasLinkList: boolean;
  /** True where the items in a link carry their ids. */
  itemIds: boolean;
  /** True where lists come in another order with each request. */
  shuffleRows: boolean;
  /** True where some of the values that are not there are `{}` instead of null, in records made from now on. */
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

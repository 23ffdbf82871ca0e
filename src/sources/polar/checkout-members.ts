import { isObject, type Json } from '../../model/json.ts';
import type { JoinRow } from '../../model/entity.ts';

/** The prices that a session offers: `prices` is a map from product to its prices in this session. */
export const offeredPrices = (value: Json) =>
  isObject(value)
    ? Object.entries(value).flatMap(([product_id, prices]): JoinRow[] =>
        Array.isArray(prices)
          ? prices.map((raw, position) =>
              isObject(raw)
                ? { raw, entity: raw, row: { product_price_id: raw.id ?? null, product_id, position } }
                : { raw },
            )
          : [{ raw: { [product_id]: prices } }],
      )
    : undefined;

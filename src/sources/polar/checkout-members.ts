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

/** The custom fields that a session asks for. */
export const attachedFields = (value: Json) =>
  Array.isArray(value)
    ? value.map((raw, index): JoinRow => {
        if (!isObject(raw)) return { raw };
        const { custom_field_id = null, custom_field = null, order, required = null, ...rest } = raw;
        const member = { raw, entity: custom_field, row: { custom_field_id, position: order ?? index, required } };
        return Object.keys(rest).length > 0 ? { ...member, rest: { custom_field_id, ...rest } } : member;
      })
    : undefined;

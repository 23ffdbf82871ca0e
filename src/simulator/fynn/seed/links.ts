import { token } from '../../ids.ts';
import type { Random } from '../../random.ts';
import { drawnId } from '../ids.ts';
import type { Item, Link, Period, Plan, Price } from '../records.ts';
import { nothing } from './prices.ts';

/** What a new item is made from. */
export interface Goods {
  price: Price;
  plans: Iterable<Plan>;
  emptyObjects: boolean;
}

/** A link without items. */
export function draftLink(chance: Random): Link {
  const redirects = chance.chance(0.7);
  return {
    id: drawnId(chance),
    afterCheckout: {
      url: redirects ? 'https://halyard.example.com/danke' : null,
      confirmationMessage: redirects ? null : 'Vielen Dank für Ihre Bestellung!',
      action: redirects ? 'redirect' : 'message',
      backToProviderUrl: 'https://halyard.example.com/',
    },
    options: {
      trialDays: chance.chance(0.3) ? 14 : null,
      allowCoupons: chance.chance(0.6),
      quantityEditable: chance.chance(0.5),
      forceCompany: chance.chance(0.2),
    },
    slug: `${chance.pick(['start', 'team', 'partner', 'messe'])}-${token(chance, 6).toLowerCase()}`,
    isEnabled: chance.chance(0.9),
    itemIds: [],
    deletedAt: null,
  };
}

/** An item that sells a price: its product so many times, or a plan that its product is the origin of. */
export function draftItem(chance: Random, linkId: string, { price, plans, emptyObjects }: Goods): Item {
  const fitting = [...plans].filter((plan) => plan.originProductId === price.productId);
  const plan = fitting.length > 0 && chance.chance(0.5) ? chance.pick(fitting) : undefined;
  return {
    id: drawnId(chance),
    linkId,
    type: plan ? 'plan' : 'product',
    productId: plan ? null : price.productId,
    quantity: plan ? null : chance.integer(1, 5),
    planId: plan?.id ?? null,
    priceId: price.id,
    periods: Array.from({ length: chance.integer(0, 2) }, () => draftPeriod(chance, emptyObjects)),
  };
}

function draftPeriod(chance: Random, emptyObjects: boolean): Period {
  return {
    contractPeriod: chance.chance(0.5) ? '1Y' : nothing(chance, emptyObjects),
    cancellationPeriod: chance.chance(0.5) ? '3M' : nothing(chance, emptyObjects),
  };
}

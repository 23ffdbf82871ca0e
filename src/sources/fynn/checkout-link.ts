import { entity } from '../../stream.ts';
import { checkoutLinkItem, itemOfLink } from './checkout-link-item.ts';
import { checkoutLinks } from './checkout-link-table.ts';
import { withColumnNames } from './wire.ts';

/** A link with its items: those it no longer lists are gone. */
export const checkoutLink = entity(checkoutLinks, {
  nests: {
    items: {
      kind: 'owned',
      entity: checkoutLinkItem,
      by: 'checkout_link_id',
      element: itemOfLink,
      unlisted: 'delete',
    },
  },
  translate: withColumnNames(checkoutLinks),
});

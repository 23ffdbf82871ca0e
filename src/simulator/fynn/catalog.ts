import { found } from '../records.ts';
import type { Plan, Product } from './records.ts';
import { draftProduct } from './seed.ts';
import { putRecord, type State } from './state.ts';

/** Edits of products, each of which sends a webhook, and of plans, which send none. */
export interface CatalogEdits {
  createProduct(fields?: Partial<Product>): Product;
  updateProduct(id: string, changes: Partial<Omit<Product, 'id'>>): Product;
  /** Leaves the product in the links that sell it; nothing on the wire shows it. */
  archiveProduct(id: string): Product;
  updatePlan(id: string, changes: Partial<Omit<Plan, 'id'>>): Plan;
}

/** The edits on a state. */
export function catalogEdits({ chance, events, plans, products }: State): CatalogEdits {
  const edit = (id: string, changes: Partial<Product>) =>
    putRecord(products, { ...found(products, id, 'product'), ...changes });
  return {
    createProduct: (fields = {}) => {
      const product = putRecord(products, { ...draftProduct(chance, 'Neues Produkt'), ...fields });
      events.emit('product.created', product.id);
      return product;
    },
    updateProduct: (id, changes) => {
      const product = edit(id, changes);
      events.emit('product.updated', id);
      return product;
    },
    archiveProduct: (id) => {
      const product = edit(id, { isArchived: true });
      events.emit('product.archived', id);
      return product;
    },
    updatePlan: (id, changes) => putRecord(plans, { ...found(plans, id, 'plan'), ...changes }),
  };
}

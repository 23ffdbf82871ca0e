/** A value that is not there: null, or `{}` as Fynn's documentation shows it. */
export type Nothing = null | Record<string, never>;

/** A checkout link: the API's fields, and the ids of its items in order. */
export interface Link {
  id: string;
  /** Fynn: of the actions, only `redirect` is documented. */
  afterCheckout: { url: string | null; confirmationMessage: string | null; action: string; backToProviderUrl: string };
  options: { trialDays: number | null; allowCoupons: boolean; quantityEditable: boolean; forceCompany: boolean };
  slug: string;
  isEnabled: boolean;
  itemIds: readonly string[];
  /** Not on the wire: when it was deleted; from then on the link and its items return 404. */
  deletedAt: string | null;
}

/** One thing that a link sells. Fynn: its own id is in no documented response. */
export interface Item {
  id: string;
  /** Not on the wire: the link it belongs to. */
  linkId: string;
  /** `product` comes with a product and a quantity, `plan` with a plan. */
  type: 'product' | 'plan';
  productId: string | null;
  quantity: number | null;
  planId: string | null;
  priceId: string;
  periods: readonly Period[];
}

/** The time that a customer is bound. Fynn: without one, the contract runs for a billing period, cancelled a day ahead. */
export interface Period {
  contractPeriod: string | Nothing;
  cancellationPeriod: string | Nothing;
}

/** A price plan. Fynn: an archived one is in no list, but is still read by id and nested in links. */
export interface Price {
  id: string;
  internalName: string;
  status: 'active' | 'archived';
  salesChannel: Nothing;
  type: PriceType;
  applyTrial: boolean;
  payInAdvance: boolean;
  proRata: boolean;
  freeUnits: number | Nothing;
  /** Fynn: an ISO 8601 duration without its `P`. */
  billingInterval: string | null;
  showPricePerInterval: string | null;
  currencyCode: string | Nothing;
  /** Fynn: the unit of the amount is not documented. */
  price: { amount: number; createdAt: string; updatedAt: string; tenantId: string };
  custom: boolean;
  charge: string | null;
  productSetOption: string | null;
  productId: string;
  customerId: string | null;
  inUse: boolean;
  /** There for tiered, volume and stair-step prices only. Fynn: of its form nothing is documented. */
  tiers?: readonly Tier[];
  /** Not on the wire: how `product` and `customer` are written there. */
  relations: 'id' | 'iri' | 'object';
}

/** The types Fynn documents. */
export type PriceType = 'flat_fee' | 'per_unit' | 'tiered' | 'volume' | 'stair_step' | 'percentage';

/** The cost of a unit up to a quantity; null is without end. */
export interface Tier {
  upTo: number | null;
  amount: number;
}

/** A plan that customers configure. */
export interface Plan {
  id: string;
  familyId: string;
  code: string;
  originProductId: string;
  allowCheckout: boolean;
  /** Fynn: of the values, only `draft` is documented. */
  status: string;
  createdAt: string;
  name: string;
  description: string | null;
}

/** A product of the catalogue. */
export interface Product {
  id: string;
  name: string;
  description: string | null;
  type: string;
  invoiceVisibility: string;
  customFields: Readonly<Record<string, string>>;
  /** Not on the wire. */
  isArchived: boolean;
}

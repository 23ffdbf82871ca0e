import type { Metadata } from '../catalog/records.ts';
import type { PostalAddress } from '../checkouts/record.ts';

/** Polar: `paid` becomes `refunded` or `partially_refunded`; `pending` is being tried, or given up. */
export type OrderStatus = 'draft' | 'pending' | 'paid' | 'refunded' | 'partially_refunded' | 'void';

/** Polar's reason for an order. */
export type BillingReason =
  | 'purchase'
  | 'subscription_create'
  | 'subscription_cycle'
  | 'subscription_update'
  | 'subscription_meter_cycle';

/** A line of an order. */
export interface OrderItem {
  id: string;
  created_at: string;
  modified_at: string | null;
  label: string;
  amount: number;
  tax_amount: number;
  proration: boolean;
  product_price_id: string | null;
  start_timestamp: string | null;
  end_timestamp: string | null;
}

/** The columns that Polar stores of an order, which edits may set, with its lines. */
export interface Order {
  id: string;
  created_at: string;
  modified_at: string | null;
  deleted_at: string | null;
  status: OrderStatus;
  subtotal_amount: number;
  discount_amount: number;
  net_amount: number;
  tax_amount: number;
  applied_balance_amount: number;
  refunded_amount: number;
  refunded_tax_amount: number;
  /** Polar: set by a job that runs after the payment. */
  platform_fee_amount: number;
  platform_fee_currency: string | null;
  currency: string;
  billing_reason: BillingReason;
  billing_name: string | null;
  billing_address: PostalAddress | null;
  invoice_number: string | null;
  is_invoice_generated: boolean;
  receipt_number: string | null;
  seats: number | null;
  units: number | null;
  customer_id: string;
  product_id: string | null;
  discount_id: string | null;
  subscription_id: string | null;
  checkout_id: string | null;
  next_payment_attempt_at: string | null;
  metadata: Metadata;
  custom_field_data: Record<string, string | number | boolean | null>;
  items: OrderItem[];
  truth: OrderTruth;
}

/** Facts about an order that its JSON does not show. */
export interface OrderTruth {
  /** Number of failed attempts to pay. */
  failures: number;
}

/** True for orders that were paid for, refunded ones included. */
export const wasPaid = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'paid' || status === 'refunded' || status === 'partially_refunded';

/** Returns the amount left to refund, without tax. */
export const refundable = (order: Order): number =>
  wasPaid(order) ? Math.max(0, order.net_amount + order.applied_balance_amount - order.refunded_amount) : 0;

/** Polar (config.py:587): days until the payment of an order is tried again. */
export const RETRY_DAYS = [2, 5, 7, 7];

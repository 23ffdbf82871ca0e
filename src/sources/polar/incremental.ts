import type { Incremental } from '../../model/stream.ts';

const HOUR_MS = 3_600_000;

/** Status and amounts of a session change within 24 hours and the expiry job's 15 minutes; twice that leaves room for late clocks. */
export const sessionsThatMayChange: Incremental = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['open', 'confirmed'] },
    draining: { status: ['open'] },
    // Nothing expires a confirmed session. The slowest payments take two weeks; what is stuck for longer is left to full walks.
    lingering: { status: ['confirmed'] },
    lingeringMs: 30 * 24 * HOUR_MS,
  },
};

/** Customers type their name and address while they pay. Webhooks report later changes, and the full walk finds them. */
export const newCustomers: Incremental = { lookbackMs: 24 * HOUR_MS, unsettled: null };

/**
 * Webhooks report later payments, refunds and edits, and the full walk finds them. Payments of renewals are retried for three
 * weeks; an order that is pending for longer waits for somebody.
 */
export const ordersThatMayChange: Incremental = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['draft', 'pending'] },
    draining: { status: ['draft'] },
    lingering: { status: ['pending'] },
    lingeringMs: 30 * 24 * HOUR_MS,
  },
};

/** Webhooks report renewals, cancellations and usage, and the hourly full walk finds them; few need attention sooner. */
export const newSubscriptions: Incremental = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['trialing', 'past_due', 'unpaid', 'paused'] },
    draining: { status: ['past_due'] },
    lingering: { status: ['trialing', 'unpaid', 'paused'] },
    lingeringMs: 90 * 24 * HOUR_MS,
  },
};

/** New grants. Webhooks report their changes, and the full walk finds them. */
export const newGrants: Incremental = { lookbackMs: 24 * HOUR_MS, unsettled: null };

/** Events of an order have its date, and come once it is paid: dunning takes three weeks. */
export const lateEvents: Incremental = { lookbackMs: 30 * 24 * HOUR_MS, unsettled: null };

/** Usage that was counted since, by the date of its last change. */
export const changedUsage: Incremental = { lookbackMs: HOUR_MS, unsettled: null, changed: 'modified_at' };

/** A refund settles within days. A webhook reports one that fails at the bank later, and the full walk finds it. */
export const newRefunds: Incremental = { lookbackMs: 30 * 24 * HOUR_MS, unsettled: null };

/** A payment settles in a moment, or within two weeks by bank debit. An abandoned one may be pending forever. */
export const paymentsThatMaySettle: Incremental = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['pending'] },
    draining: null,
    lingering: { status: ['pending'] },
    lingeringMs: 30 * 24 * HOUR_MS,
  },
};

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

/** A customer's name and address are typed while they pay. What changes later is told by webhooks, and found by the full walk. */
export const newCustomers: Incremental = { lookbackMs: 24 * HOUR_MS, unsettled: null };

/**
 * What is paid, refunded or edited later is told by webhooks, and found by the full walk. Payments of renewals are retried for
 * three weeks; what is pending for longer waits for somebody.
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

/** Renewals, cancellations and usage are told by webhooks, and found by the hourly full walk; what needs attention sooner is little. */
export const newSubscriptions: Incremental = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['trialing', 'past_due', 'unpaid', 'paused'] },
    draining: { status: ['past_due'] },
    lingering: { status: ['trialing', 'unpaid', 'paused'] },
    lingeringMs: 90 * 24 * HOUR_MS,
  },
};

/** New grants. What becomes of them is told by webhooks, and found by the full walk. */
export const newGrants: Incremental = { lookbackMs: 24 * HOUR_MS, unsettled: null };

/** Events of an order have its date, and come once it is paid: dunning takes three weeks. */
export const lateEvents: Incremental = { lookbackMs: 30 * 24 * HOUR_MS, unsettled: null };

/** Usage that was counted since, by the date of its last change. */
export const changedUsage: Incremental = { lookbackMs: HOUR_MS, unsettled: null, changed: 'modified_at' };

/** A refund settles in days. One that fails at the bank later is told by a webhook, and found by the full walk. */
export const newRefunds: Incremental = { lookbackMs: 30 * 24 * HOUR_MS, unsettled: null };

/** A payment settles in a moment, by bank debit within two weeks. One that was given up may be pending for ever. */
export const paymentsThatMaySettle: Incremental = {
  lookbackMs: 48 * HOUR_MS,
  unsettled: {
    all: { status: ['pending'] },
    draining: null,
    lingering: { status: ['pending'] },
    lingeringMs: 30 * 24 * HOUR_MS,
  },
};

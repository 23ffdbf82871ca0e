import { createHash } from 'node:crypto';
import type { State } from '../state.ts';
import type { CheckoutChanges } from './change.ts';
import type { CheckoutRow, PostalAddress } from './record.ts';
import type { Sessions } from './sessions.ts';

/** The erasure of a customer. */
export interface Anonymization {
  /**
   * Hashes what tells who the customer is on all of their sessions, of any age, found by the customer's id or e-mail
   * address; returns the ids. Polar (checkout/anonymization.py): moves `modified_at`, sends no webhook of a session;
   * country, state and `customer_metadata` stay.
   */
  anonymizeCustomer(customer: string, at?: string): string[];
}

/** The erasure of customers on the sessions. */
export function anonymizer(state: State, changes: CheckoutChanges, sessions: Sessions): Anonymization {
  return {
    anonymizeCustomer: (customer, at = state.clock.now()) => {
      const rows = sessions.timeline.rows.map((slot) => sessions.row(slot));
      const hash = hashWith(state.organizationId);
      return sessionsOf(rows, customer).map(
        (row) => changes.update(anonymized(row, hash), { at, action: 'anonymized', event: null }).id,
      );
    },
  };
}

/** The sessions of a customer's id, or of an e-mail address that belongs to the same customer. */
function sessionsOf(rows: readonly CheckoutRow[], customer: string): CheckoutRow[] {
  const emails = new Set(rows.filter((row) => row.customer_id === customer).map((row) => row.customer_email));
  return rows.filter(
    ({ customer_id, customer_email }) =>
      customer_id === customer ||
      (customer_email !== null && (customer_email === customer || emails.has(customer_email))),
  );
}

type Hash = (value: string) => string;

/** Returns an e-mail address that identifies nobody. */
export const anonymizedEmail = (email: string, hash: Hash): string => `${hash(email)}@anonymized.polar.sh`;

function anonymized(row: CheckoutRow, hash: Hash): CheckoutRow {
  const hashed = (value: string | null) => value && hash(value);
  return {
    ...row,
    customer_email: row.customer_email && anonymizedEmail(row.customer_email, hash),
    customer_name: hashed(row.customer_name),
    customer_billing_name: hashed(row.customer_billing_name),
    customer_billing_address: row.customer_billing_address && anonymizedAddress(row.customer_billing_address, hashed),
    customer_tax_id: hashed(row.customer_tax_id),
    customer_ip_address: row.customer_ip_address && '0.0.0.0',
  };
}

function anonymizedAddress(
  { line1, line2, postal_code, city, ...jurisdiction }: PostalAddress,
  hashed: (value: string | null) => string | null,
): PostalAddress {
  return {
    ...jurisdiction,
    line1: hashed(line1),
    line2: hashed(line2),
    postal_code: hashed(postal_code),
    city: hashed(city),
  };
}

/** Returns the organization's hash of personal values. */
export function hashWith(salt: string): Hash {
  return (value) => createHash('sha256').update(salt).update(value).digest('hex');
}

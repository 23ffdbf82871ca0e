import type { Database } from '../../src/database/database.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { dump } from './dump.ts';
import { rows } from './records.ts';

/** Somebody's data, each value recognizable. */
export interface PlantedPerson {
  email: string;
  customerId: string;
  externalId: string;
  name: string;
  ip: string;
  taxId: string;
  phone: string;
  street: string;
  postalCode: string;
  city: string;
}

/** A person whose values all contain a word, and a number of their own. */
export const plantedPerson = (word: string, number: number): PlantedPerson => ({
  email: `${word}.Buyer+${number}@Example.com`,
  customerId: `0000000${number}-0000-4000-8000-${word.padEnd(12, 'e').slice(0, 12)}`,
  externalId: `user_${word}_${number}`,
  name: `${word} Buyer`,
  ip: `2001:db8::${number}${number}${number}${number}`,
  taxId: `DE${String(number).repeat(9)}`,
  phone: `+49 30 ${String(number).repeat(7)}`,
  street: `${number} ${word} Street`,
  postalCode: `K${number}X ${number}Y${number}`, // five digits may be part of any date
  city: `${word}ville`,
});

/** The fields of a session of a person. */
export const sessionOf = (person: PlantedPerson) => ({
  customer_id: person.customerId,
  external_customer_id: person.externalId,
  customer_name: person.name,
  customer_email: person.email,
  customer_billing_name: `${person.name} Ltd`,
  customer_ip_address: person.ip,
  customer_tax_id: person.taxId,
  customer_billing_address: {
    country: 'CA',
    line1: person.street,
    line2: null,
    postal_code: person.postalCode,
    city: person.city,
    state: 'CA-ON',
  },
  metadata: { contact: person.email.toLowerCase(), phone: person.phone, plan: 'gold', seats: 3 },
  customer_metadata: { [person.email]: `call ${person.phone}`, company: `${person.name} Ltd` },
  success_url: `https://example.com/?email=${encodeURIComponent(person.email)}&plan=gold`,
});

/** Returns personal data that the API may send beyond the known fields. */
export const unknownOf = (person: PlantedPerson): JsonObject => ({
  customer_phone: person.phone,
  risk: { seen: [person.ip, 'kept'], note: `${person.name} of ${person.city}` },
});

/** Gives two sessions to a person, one of which names the customer's id only; returns their ids. */
export function plantSessions({ polar }: Simulator, person: PlantedPerson, ids: readonly string[]): void {
  for (const [index, id] of ids.entries()) {
    const fields = sessionOf(person);
    polar.updateCheckout(id, index === 0 ? fields : { ...fields, customer_email: `other.${person.email}` });
    polar.tamper(id, (json) => ({ ...json, ...unknownOf(person) }));
  }
}

/** All values of a person that a text holds; the customer's id is none of them. */
export function leaksIn(text: string, person: PlantedPerson): string[] {
  const everything = text.toLowerCase();
  const { customerId: _kept, ...values } = person;
  const forms = Object.values(values).flatMap((value) => [...new Set([value, encodeURIComponent(value)])]);
  return forms.filter((value) => everything.includes(value.toLowerCase()));
}

/** All values of a person that the database holds anywhere. */
export const leaksOf = async (db: Database, person: PlantedPerson): Promise<string[]> =>
  leaksIn(await dump(db), person);

/** The rows of a person's sessions, without the moment of observation. */
export const rowsOf = (db: Database, ids: readonly string[]) =>
  rows(db, `select to_jsonb(t) - 'observed_at' as row from polar.checkouts t where id = any($1) order by id`, [ids]);

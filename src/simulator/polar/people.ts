import { randomUuid } from '../ids.ts';
import { random, type Random } from '../random.ts';
import type { PostalAddress } from './checkouts/record.ts';
import { PLACES, type Place } from './places.ts';

/** Somebody who buys. The same number is always the same person. */
export interface Person {
  number: number;
  id: string;
  external_id: string | null;
  name: string;
  email: string;
  locale: string;
  ip_address: string;
  company: string | null;
  tax_id: string | null;
  place: Place;
  address: PostalAddress;
}

const FIRST = (
  'Ada Alma Amir Anja Aisha Bruno Carla Chidi Clara Daan Dario Dina Elif Emil Esra Farah Felix Freya Gael Greta Hana Hugo Ida ' +
  'Ines Ivan Jana Jonas Kaito Karim Kofi Lena Leo Lina Luca Mads Maja Marco Mei Mila Nadia Nils Nora Omar Otto Pia Priya Rafael ' +
  'Rosa Ruben Sana Selma Soren Tara Theo Tomas Uma Vera Viktor Wanda Yara Yusuf Zoe'
).split(' ');

const LAST = (
  'Abreu Adeyemi Ahmed Andersen Aoki Bauer Becker Berg Brandt Castro Chen Costa Dahl Dubois Eriksen Fischer Fontaine Garcia ' +
  'Haddad Hansen Hoffmann Ito Jansen Kaplan Keller Khan Kim Koch Kowalski Kumar Lang Larsen Lopez Maier Mensah Meyer Moreau ' +
  'Nakamura Novak Okafor Olsen Ortiz Patel Pereira Petrov Ricci Rossi Roy Santos Sato Schmidt Silva Singh Sorensen Tanaka ' +
  'Torres Varga Vogel Walker Weber Wolf Yilmaz Zhang'
).split(' ');

const TRADES = ['Studio', 'Labs', 'Software', 'Media', 'Analytics', 'Consulting', 'Games', 'Robotics'];

/** The person of a number under a seed. */
export function person(seed: number, number: number): Person {
  const chance = random(seed, 'person', number);
  const [first, last, place] = [chance.pick(FIRST), chance.pick(LAST), chance.pick(PLACES)];
  const business = chance.chance(0.18);
  return {
    number,
    id: randomUuid(chance),
    external_id: chance.chance(0.3) ? `user_${number}` : null,
    name: `${first} ${last}`,
    email: `${first}.${last}+${number}@example.com`.toLowerCase(),
    locale: place.locale,
    ip_address: ipAddress(chance),
    company: business ? `${last} ${chance.pick(TRADES)}` : null,
    tax_id: business && chance.chance(0.6) ? `${place.country}${chance.integer(100_000_000, 999_999_999)}` : null,
    place,
    address: address(chance, place),
  };
}

/** Addresses from the ranges reserved for documentation. */
function ipAddress(chance: Random): string {
  if (chance.chance(0.2))
    return `2001:db8:${chance.integer(1, 0xffff).toString(16)}::${chance.integer(1, 0xffff).toString(16)}`;
  return `${chance.pick(['192.0.2', '198.51.100', '203.0.113'])}.${chance.integer(1, 254)}`;
}

function address(chance: Random, place: Place): PostalAddress {
  const city = chance.pick(place.cities);
  return {
    country: place.country,
    line1: `${chance.integer(1, 240)} ${chance.pick(['Harbour', 'Linden', 'Mill', 'Garden', 'Station'])} Street`,
    line2: chance.chance(0.15) ? `Floor ${chance.integer(1, 9)}` : null,
    postal_code: String(chance.integer(10_000, 99_999)),
    city: city.name,
    state: city.state ?? null,
  };
}

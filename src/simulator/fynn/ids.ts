import { randomUuid } from '../ids.ts';
import type { Random } from '../random.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('');

/** A random id: mostly a UUID, now and then a ULID, as Fynn has both. */
export function drawnId(chance: Random): string {
  return chance.chance(0.15) ? ulid(chance) : randomUuid(chance);
}

function ulid(chance: Random): string {
  return `01F9Z${Array.from({ length: 21 }, () => chance.pick(CROCKFORD)).join('')}`;
}

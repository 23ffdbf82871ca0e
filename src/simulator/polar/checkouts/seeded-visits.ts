import { micros } from '../../instants.ts';
import { draw } from '../../random.ts';
import type { Shelf } from '../catalog/seed/catalog.ts';
import type { Link } from '../links/record.ts';
import { firstAfter } from '../timeline.ts';

/** The link that a session was made from, and the shelf of the product that its buyer chose there. */
export interface SeededVisit {
  link: Link;
  shelf: Shelf;
}

/** Returns the link that a seeded session was made from: two thirds come from one of the links that existed at the instant. */
export function seededVisits(
  seed: number,
  links: readonly Link[],
  shelves: readonly Shelf[],
): (number: number, created: number) => SeededVisit | undefined {
  const createdAt = links.map((link) => micros(link.created_at));
  const shelfOf = new Map(shelves.map((shelf) => [shelf.product.id, shelf]));
  return (number, created) => {
    const place = draw(seed, 'link of', number) * 1.5;
    const existing = firstAfter(createdAt, (instant) => instant, created);
    const link = place < 1 ? links[Math.floor(place * existing)] : undefined;
    if (!link || (link.deleted_at !== null && micros(link.deleted_at) <= created)) return undefined;
    const wanted = draw(seed, 'choice', number) < 0.8 ? 0 : link.product_ids.length - 1;
    const shelf = shelfOf.get(link.product_ids[wanted] ?? '');
    return shelf && { link, shelf };
  };
}

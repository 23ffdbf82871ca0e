import { randomUuid } from '../../../ids.ts';
import { random, type Random } from '../../../random.ts';
import type { SeedContext } from '../../clock-range.ts';
import type { Media } from '../records.ts';

const KINDS = [
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['webp', 'image/webp'],
] as const;

/** An image of a product. Every other one lacks the optional facts, as files from older uploads do. */
export function draftMedia({ seed, organizationId, range }: SeedContext, number: number): Media {
  const chance = random(seed, 'media', number);
  const id = randomUuid(chance);
  const [extension, mime_type] = chance.pick(KINDS);
  const name = `halyard-${number}.${extension}`;
  const path = `product_media/${organizationId}/${id}/${name}`;
  const size = chance.integer(9_000, 4_000_000);
  const created_at = range.ago(chance, 290 - number);
  return {
    id,
    organization_id: organizationId,
    name,
    path,
    mime_type,
    size,
    ...storage(chance, number, created_at),
    service: 'product_media',
    is_uploaded: true,
    created_at,
    size_readable: `${(size / 1024).toFixed(1)} KB`,
    public_url: `https://uploads.example.com/${path}`,
  };
}

function storage(chance: Random, number: number, created_at: string) {
  const hex = Array.from({ length: 8 }, () => chance.word().toString(16).padStart(8, '0')).join('');
  const known = number % 2 === 0;
  return {
    storage_version: known ? `v${chance.word()}` : null,
    checksum_etag: known ? `"${hex.slice(0, 32)}"` : null,
    checksum_sha256_base64: known ? Buffer.from(hex, 'hex').toString('base64') : null,
    checksum_sha256_hex: known ? hex : null,
    last_modified_at: known ? created_at : null,
    version: number % 4 === 0 ? '1' : null,
  };
}

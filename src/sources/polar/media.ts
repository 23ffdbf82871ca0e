import { bigint, boolean, index, text, uuid } from 'drizzle-orm/pg-core';
import { withComments } from '../../model/comments.ts';
import { entity } from '../../model/entity.ts';
import { instant, polar, unmodified } from './schema.ts';

export const medias = withComments(
  polar.table(
    'medias',
    {
      id: uuid().primaryKey(),
      created_at: instant(),
      organization_id: uuid(),
      name: text(),
      path: text(),
      mime_type: text(),
      size: bigint({ mode: 'bigint' }),
      storage_version: text(),
      checksum_etag: text(),
      checksum_sha256_base64: text(),
      checksum_sha256_hex: text(),
      last_modified_at: instant(),
      version: text(),
      service: text(),
      is_uploaded: boolean(),
      size_readable: text(),
      public_url: text(),
      ...unmodified(),
    },
    (table) => [index().on(table.organization_id)],
  ),
  'Images and other files shown with a product',
  {
    name: 'File name',
    path: 'Path in the file store',
    mime_type: 'MIME type',
    size: 'Size in bytes',
    storage_version: 'Version in the file store',
    checksum_etag: 'ETag of the content',
    checksum_sha256_base64: 'SHA-256 of the content, base64',
    checksum_sha256_hex: 'SHA-256 of the content, hexadecimal',
    last_modified_at: 'When the content last changed',
    version: 'Version of the content',
    service: 'What the file is for: product_media',
    is_uploaded: 'Whether the upload is complete',
    size_readable: 'Readable size, such as 1.2 MB',
    public_url: 'Where it can be seen',
    version_at: 'Version of the row: created_at, because Polar sends no modified_at for media',
  },
);

/** A media file of a product. Polar sends no `modified_at`, so the later observed state wins. */
export const media = entity(medias);

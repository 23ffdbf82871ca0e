import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: ['./src/sources/*/*.ts', './src/database/tables.ts'],
  out: './drizzle',
  schemaFilter: ['polar', 'fynn', 'sync'],
});

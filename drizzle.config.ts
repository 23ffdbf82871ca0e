import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './src/sources/*/*.ts',
    './src/database/{sync-schema,tables,account-tables,feed-tables,hook-tables,privacy-tables,reporting-tables,rollup-tables}.ts',
  ],
  out: './drizzle',
  schemaFilter: ['polar', 'fynn', 'sync', 'history'],
});

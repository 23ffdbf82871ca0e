import { constants, enableCompileCache, registerHooks } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Imported before everything else, so that a command starts in half the time and memory. Compiled code is kept, where
// nobody else can write it. Drizzle is loaded as CommonJS: for each module of a package Node 24 parses the exports in its
// package.json, and those of Drizzle have 180 KB. Of Zod's translations, 50 files, only the English one is loaded.
const beside = fileURLToPath(new URL('../node_modules/.cache/checkout-sync', import.meta.url));
const { status } = enableCompileCache(beside);
const home = status === constants.compileCacheStatus.FAILED ? homeFolder() : '';
if (isAbsolute(home)) enableCompileCache(join(home, '.cache/checkout-sync')); // where this cannot be written either, nothing is kept
registerHooks({
  resolve(specifier, context, next) {
    if (/^drizzle-orm(\/|$)/.test(specifier)) return next(specifier, { ...context, conditions: ['node', 'require'] });
    const isZods = specifier === '../locales/index.js' && context.parentURL?.includes('/node_modules/zod/');
    return next(isZods ? '../locales/en.js' : specifier, context);
  },
});

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return ''; // a user id without a name, as in a container, has none
  }
}

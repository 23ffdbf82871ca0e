import { constants, enableCompileCache, registerHooks } from 'node:module';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Imported before everything else, so that a command starts in half the time and memory. Compiled code is kept, where
// nobody else can write it. Drizzle is loaded as CommonJS: for each module of a package Node 24 parses the exports in its
// package.json, and those of Drizzle have 180 KB.
const beside = fileURLToPath(new URL('../node_modules/.cache/checkout-sync', import.meta.url));
const { status } = enableCompileCache(beside);
const home = status === constants.compileCacheStatus.FAILED ? homeFolder() : '';
if (isAbsolute(home)) enableCompileCache(join(home, '.cache/checkout-sync')); // where this cannot be written either, nothing is kept
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier, /^drizzle-orm(\/|$)/.test(specifier) ? { ...context, conditions: ['node', 'require'] } : context),
});

function homeFolder(): string {
  try {
    return homedir();
  } catch {
    return ''; // a user id without a name, as in a container, has none
  }
}

// Compiles src/ to dist/, for the package: `npm pack` and `npm publish` run it.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const compiled = new Set(['.ts', '.json']);

rmSync(at('dist'), { recursive: true, force: true });
// What is read at run time and is no code: views, and the status page.
cpSync(at('src'), at('dist'), { recursive: true, filter: (path) => !compiled.has(extname(path)) });
// What doctor compares tables with. The package has the migrations, but not the snapshots of all that came before.
const snapshots = readdirSync(at('drizzle/meta')).filter((name) => name.endsWith('_snapshot.json'));
cpSync(at(`drizzle/meta/${snapshots.toSorted().at(-1)}`), at('dist/database/snapshot.json'));
const tsc = spawnSync(
  process.execPath,
  [at('node_modules/typescript/bin/tsc'), '--project', at('tsconfig.build.json')],
  {
    stdio: ['ignore', 2, 2],
  },
);
process.exitCode = tsc.status ?? 1;

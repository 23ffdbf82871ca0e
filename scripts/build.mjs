// Compiles src/ to dist/, for the package: `npm pack` and `npm publish` run it.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const compiled = new Set(['.ts', '.json']);

rmSync(at('dist'), { recursive: true, force: true });
// What is read at run time and is no code: views, and the status page.
cpSync(at('src'), at('dist'), { recursive: true, filter: (path) => !compiled.has(extname(path)) });
const tsc = spawnSync(
  process.execPath,
  [at('node_modules/typescript/bin/tsc'), '--project', at('tsconfig.build.json')],
  {
    stdio: ['ignore', 2, 2],
  },
);
process.exitCode = tsc.status ?? 1;

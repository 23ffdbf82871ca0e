// Compiles src/ to dist/, for the package: `npm pack` and `npm publish` run it.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { extname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const compiled = new Set(['.ts', '.json']);

rmSync(at('dist'), { recursive: true, force: true });
// What is read at run time and is no code: views, and the status page.
cpSync(at('src'), at('dist'), { recursive: true, filter: (path) => !compiled.has(extname(path)) });
// What doctor compares tables with. The package has the migrations, but not the snapshots of all that came before.
const snapshots = readdirSync(at('drizzle/meta')).filter((name) => name.endsWith('_snapshot.json'));
cpSync(at(`drizzle/meta/${snapshots.toSorted().at(-1)}`), at('dist/database/snapshot.json'));

/** Lets code that is bundled find the files beside its source: all bundles lie in dist/ itself. */
const keepLocations = {
  name: 'keep-locations',
  transform(code, id) {
    if (!code.includes('import.meta.url')) return null;
    const place = JSON.stringify(`./${relative(at('src'), id).replaceAll('\\', '/')}`);
    const moved = code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
    return { code: moved, map: null }; // no line of it moves
  },
};

// A file per module would be a third of the time until a command starts. Packages stay as they are installed.
const bundle = await rolldown({
  input: Object.fromEntries(['cli', 'index', 'polar', 'fynn', 'analytics'].map((name) => [name, at(`src/${name}.ts`)])),
  external: (id) => !/^[./]/.test(id),
  platform: 'node',
  plugins: [keepLocations],
});
await bundle.write({ dir: at('dist'), sourcemap: true, chunkFileNames: '[name]-[hash].js' });

const tsc = spawnSync(
  process.execPath,
  [at('node_modules/typescript/bin/tsc'), '--project', at('tsconfig.build.json')],
  { stdio: ['ignore', 2, 2] },
);
process.exitCode = tsc.status ?? 1;

// Compiles src/ to dist/, for the package: `npm pack` and `npm publish` run it.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
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
    if (isInstalled(id) || !code.includes('import.meta.url')) return null;
    const place = JSON.stringify(`./${relative(at('src'), id).replaceAll('\\', '/')}`);
    const moved = code.replaceAll('import.meta.url', `new URL(${place}, import.meta.url).href`);
    return { code: moved, map: null }; // no line of it moves
  },
};

/**
 * Spares asking for the language of the machine, which takes 25 ms or more: schedules are the only dates that go through
 * Luxon, and nobody reads those as text.
 */
const withoutLanguage = {
  name: 'without-language',
  transform(code, id) {
    if (!id.includes('/node_modules/luxon/')) return null;
    const question = 'new Intl.DateTimeFormat().resolvedOptions().locale';
    if (!code.includes(question)) throw new Error(`${id} asks for the language in another way`);
    return { code: code.replace(question, "'en-US'"), map: null };
  },
};

/** Packages that every command, or the worker, loads before it is ready; bundled with what they depend on. */
const bundled = new Set([
  '@fastify/helmet',
  'bullmq',
  'commander',
  'cron-parser',
  'drizzle-orm',
  'fastest-levenshtein',
  'fastify',
  'ioredis',
  'p-retry',
  'pg',
  'pg-copy-streams',
  'pino',
  'prom-client',
  'standardwebhooks',
  'zod',
]);
/** Native parts of them, which they do without. */
const native = new Set(['pg-native', 'msgpackr-extract']);

const isPackage = (id) => !/^[./]/.test(id);
const packageOf = (id) => /^(@[^/]+\/)?[^/]+/.exec(id)[0];
const isKeptOut = (id, importer = '') =>
  isPackage(id) && (isBuiltin(id) || native.has(id) || !(isInstalled(importer) || bundled.has(packageOf(id))));
const isInstalled = (id) => id.includes('/node_modules/');

/** Turns off what BullMQ's packer would load to unpack faster: BullMQ only packs. */
const define = { 'process.env.MSGPACKR_NATIVE_ACCELERATION_DISABLED': JSON.stringify('true') };

/** Leaves names as they are. A file of ASCII alone is read faster, and takes half the memory. */
const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } };

/** Writes few files: a file per module would be a third of the time until a command starts. Returns the modules in them. */
async function writeBundle(names, external) {
  const input = Object.fromEntries(names.map((name) => [name, at(`src/${name}.ts`)]));
  const bundle = await rolldown({
    input,
    external,
    platform: 'node',
    plugins: [keepLocations, withoutLanguage],
    transform: { define },
  });
  const { output } = await bundle.write({
    dir: at('dist'),
    sourcemap: true,
    minify,
    comments: { legal: false }, // LICENSES.txt has the licences
    chunkFileNames: '[name]-[hash].js',
  });
  const chunks = output.filter(({ type }) => type === 'chunk');
  for (const { sourcemapFileName, map } of chunks) {
    if (!map) continue; // nothing but imports
    const sourcesContent = map.sources.map((id, place) => (isInstalled(id) ? null : map.sourcesContent[place]));
    writeFileSync(at(`dist/${sourcemapFileName}`), JSON.stringify({ ...map, sourcesContent }));
  }
  return chunks.flatMap(({ moduleIds }) => moduleIds);
}

/** Returns the licences of the packages that modules are from, as their licences demand. */
function licencesOf(modules) {
  const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []));
  return [...folders]
    .toSorted((a, b) => a.localeCompare(b))
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[sc]e/i.test(entry));
      return `${name} ${version}, ${license}\n\n${file ? readFileSync(`${folder}/${file}`, 'utf8').trim() : ''}\n`;
    });
}

const modules = await writeBundle(['cli'], isKeptOut);
await writeBundle(['index', 'polar', 'fynn', 'analytics'], isPackage); // an application brings its packages, and has one Drizzle
writeFileSync(at('dist/LICENSES.txt'), licencesOf(modules).join(`\n${'-'.repeat(80)}\n\n`));

const tsc = spawnSync(
  process.execPath,
  [at('node_modules/typescript/bin/tsc'), '--project', at('tsconfig.build.json')],
  { stdio: ['ignore', 2, 2] },
);
process.exitCode = tsc.status ?? 1;

import { dirname, join } from 'node:path/posix';

/** One import as a file writes it; paths from src/ for our own files, otherwise the name of the package. */
export interface Import {
  from: string;
  to: string;
  /** True for `import type`, which leaves nothing at run time. */
  typeOnly: boolean;
  /** True for `import()`, which loads the target only when it runs. */
  isDynamic?: boolean;
}

const statement = /^(?:import|export)(?<type> type)?\s+(?:[\w$*{},\s]+?\s+from\s+)?'(?<target>[^']+)'/gm;
const call = /\bimport\(\s*'(?<target>[^']+)'/g;

/** The imports of a file, given its path from src/ and its text. */
export function importsOf(file: string, text: string): Import[] {
  const imported = ({ groups = {} }: RegExpExecArray): Import => {
    const target = groups.target ?? '';
    return {
      from: file,
      to: target.startsWith('.') ? join(dirname(file), target) : target,
      typeOnly: groups.type !== undefined,
    };
  };
  const dynamic = (found: RegExpExecArray): Import => ({ ...imported(found), isDynamic: true });
  return [...[...text.matchAll(statement)].map(imported), ...[...text.matchAll(call)].map(dynamic)];
}

const isOurs = (to: string) => to.endsWith('.ts');
/** The first part of a path: a folder of src/, or a file right in it. */
const partOf = (path: string) => path.split('/')[0] ?? path;

/** Other parts of src/ that each part may import. */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  'cli.ts': ['module-hooks.ts', 'main.ts'],
  'main.ts': ['program.ts', 'config', 'model'],
  'module-hooks.ts': [],
  'program.ts': ['commands', 'model'],
  commands: [
    'worker.ts',
    'work-plan.ts',
    'operations',
    'queue',
    'admin',
    'sync',
    'simulator',
    'sources',
    'config',
    'hooks',
    'extract',
    'load',
    'ledger',
    'reporting',
    'database',
    'model',
  ],
  'index.ts': ['library', 'operations', 'admin', 'ledger', 'load', 'sync', 'model'],
  'polar.ts': ['sources'],
  'fynn.ts': ['sources'],
  'analytics.ts': ['reporting'],
  library: ['operations', 'admin', 'sync', 'config', 'load', 'ledger', 'database', 'model'],
  operations: ['hooks', 'sync', 'sources', 'config', 'reporting', 'ledger', 'database', 'model'],
  'work-plan.ts': ['queue', 'admin', 'sources', 'config', 'model'],
  'worker.ts': [
    'work-plan.ts',
    'queue',
    'admin',
    'hooks',
    'sync',
    'sources',
    'config',
    'extract',
    'load',
    'ledger',
    'database',
    'model',
  ],
  hooks: ['extract', 'ledger', 'model'],
  queue: ['sync', 'ledger', 'database', 'model'],
  admin: ['sync', 'config', 'load', 'ledger', 'normalize', 'reporting', 'database', 'model'],
  sync: ['extract', 'load', 'ledger', 'normalize', 'database', 'model'],
  load: ['ledger', 'normalize', 'database', 'model'],
  ledger: ['normalize', 'database', 'model'],
  normalize: ['database', 'model'],
  reporting: ['database', 'model'],
  database: ['model'],
  extract: ['model'],
  config: ['sources', 'database', 'model'],
  sources: ['model'],
  simulator: ['model'],
  model: [],
};

type Rule = (use: Import) => string | undefined;

const staysInside: Rule = ({ from, to }) => {
  const isManifest = from === 'program.ts' && to === '../package.json';
  return to.startsWith('..') && !isManifest ? 'lies outside src/' : undefined;
};

const looksDown: Rule = ({ from, to }) => {
  const [part, target] = [partOf(from), partOf(to)];
  if (!isOurs(to) || to.startsWith('..') || target === part) return undefined;
  const parts = allowed[part];
  if (!parts) return `is imported by ${part}, which has no place in test/architecture.ts yet`;
  return parts.includes(target) ? undefined : `is not below ${part}`;
};

/** Other sources, and the registry that names them all, are none of a source's business. */
const sourcesStandAlone: Rule = ({ from, to }) => {
  const [part, source, file] = from.split('/');
  if (part !== 'sources') return undefined;
  const isForeign = partOf(to) === 'sources' && to.split('/')[1] !== source;
  return file !== undefined && isForeign ? 'belongs to another source' : undefined;
};

const drizzleStaysWithTables: Rule = ({ from, to, typeOnly }) => {
  if (to !== 'drizzle-orm' && !to.startsWith('drizzle-orm/')) return undefined;
  if (/^(model|normalize)\//.test(from))
    return typeOnly ? undefined : `may be imported by ${partOf(from)} as a type only`;
  return /^(load|ledger|database|reporting|sources\/[^/]+)\//.test(from)
    ? undefined
    : 'is for load/, ledger/, database/, reporting/ and entity files';
};

const bullStaysInQueue: Rule = ({ from, to }) =>
  /^bullmq(\/|$)/.test(to) && partOf(from) !== 'queue' ? 'is for queue/' : undefined;

const simulatorStaysOut: Rule = ({ from, to }) => {
  const mayUse = partOf(from) === 'simulator' || /^commands\/(run-demo|simulate)\.ts$/.test(from);
  return partOf(to) === 'simulator' && !mayUse ? 'is for the commands demo and simulate' : undefined;
};

const rules = [staysInside, looksDown, sourcesStandAlone, drizzleStaysWithTables, bullStaysInQueue, simulatorStaysOut];

/** The files that import each other in a circle, types included, as one line for each circle. */
export function circles(imports: readonly Import[]): string[] {
  const targets = Map.groupBy(
    imports.filter(({ to }) => isOurs(to)),
    ({ from }) => from,
  );
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) found.add([...path.slice(at), file].join(' -> '));
    if (at >= 0 || done.has(file)) return;
    for (const { to } of targets.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of targets.keys()) visit(file, []);
  return [...found];
}

/** All that is loaded together with a file: our own files and packages, without what it imports only when it runs. */
export function loadedWith(file: string, imports: readonly Import[]): Set<string> {
  const atStart = imports.filter(({ typeOnly, isDynamic }) => !typeOnly && !isDynamic);
  const loaded = new Set([file]);
  for (const one of loaded) for (const { from, to } of atStart) if (from === one) loaded.add(to);
  return loaded;
}

/** One line for each import that breaks a rule of the house. */
export function violations(imports: readonly Import[]): string[] {
  return imports.flatMap((use) =>
    rules.flatMap((rule) => {
      const reason = rule(use);
      return reason ? [`src/${use.from} imports ${use.to}, which ${reason}`] : [];
    }),
  );
}

const declaration = /^(?:export )?(?:async )?(?:function\*?|const|let|class|interface|type) (?<name>[\w$]+)/gm;

/** The names that a file declares at its top level. */
export const declarationsOf = (text: string): string[] =>
  [...text.matchAll(declaration)].map(({ groups = {} }) => groups.name ?? '');

/** Returns the scope in which a name must be unique: a source, a simulated source, or the rest of src/ together. */
const scopeOf = (path: string) => /^(?:sources|simulator)\/[^/]+(?=\/)/.exec(path)?.[0] ?? '';

/** One line for each name that two files declare; sources, which mirror each other, may share names. */
export function namesakes(files: readonly { path: string; text: string }[]): string[] {
  const declared = files.flatMap(({ path, text }) => declarationsOf(text).map((name) => ({ name, path })));
  return [...Map.groupBy(declared, ({ name }) => name)].flatMap(([name, places]) => {
    const paths = [...new Set(places.map(({ path }) => path))]; // an overloaded function is declared several times
    const scopes = new Set(paths.map(scopeOf));
    const isShared = scopes.size === paths.length && !scopes.has('');
    return paths.length === 1 || isShared ? [] : [`${name}: ${paths.toSorted().join(', ')}`];
  });
}

const comments = /\/\*[^]*?\*\/|\/\/.*/g;
const environment =
  /\bprocess\s*\??\.\s*env\b|\bprocess\s*\[|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|\{[^}]*\benv\b[^}]*\}\s*from\s*'(node:)?process'/;

/** True for code that reads the environment of the process. */
export const readsEnvironment = (text: string) => environment.test(text.replace(comments, ''));

const clause =
  /^[ \t]*\/\*\*[\s*]*(?<begin>(?:What|Whether|How|Which|Where|Who|Whose|Why|When|That|If)\b.*?)(?:\s*\*\/)?$/gm;

/** Returns the first line of each JSDoc comment that begins with a clause, and not with a noun or a verb. */
export const clausesIn = (text: string): string[] =>
  [...text.matchAll(clause)].map(({ groups = {} }) => groups.begin ?? '');

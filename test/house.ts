import { dirname, join } from 'node:path/posix';

/** One import as a file writes it; paths from src/ for our own files, otherwise the name of the package. */
export interface Import {
  from: string;
  to: string;
  /** True for `import type`, which leaves nothing at run time. */
  typeOnly: boolean;
}

const statement = /^(?:import|export)(?<type> type)?\s+(?:[\w$*{},\s]+?\s+from\s+)?'(?<target>[^']+)'/gm;
const call = /\bimport\(\s*'(?<target>[^']+)'/g;

/** The imports of a file, given its path from src/ and its text. */
export function importsOf(file: string, text: string): Import[] {
  return [...text.matchAll(statement), ...text.matchAll(call)].map(({ groups = {} }) => {
    const target = groups.target ?? '';
    return {
      from: file,
      to: target.startsWith('.') ? join(dirname(file), target) : target,
      typeOnly: groups.type !== undefined,
    };
  });
}

const isOurs = (to: string) => to.endsWith('.ts');
/** The first part of a path: a folder of src/, or a file right in it. */
const partOf = (path: string) => path.split('/')[0] ?? path;

const vocabulary = [
  'stream.ts',
  'json.ts',
  'loopback.ts',
  'instant.ts',
  'clock.ts',
  'errors.ts',
  'check.ts',
  'log.ts',
  'schedule.ts',
  'secrets.ts',
];
const heart = [
  'sync.ts',
  'store-pages.ts',
  'plan-walk.ts',
  'deletions.ts',
  'reach.ts',
  'pull.ts',
  'verify.ts',
  'engine.ts',
  'tally.ts',
];
const inner = [...heart, 'config.ts', 'sources', 'extract', 'load', 'reporting', ...vocabulary];

/** What each part of src/ may import beside itself. */
const below: Readonly<Record<string, readonly string[]>> = {
  'cli.ts': ['loading.ts', 'program.ts'],
  'loading.ts': [],
  'program.ts': ['commands', ...inner],
  commands: ['worker.ts', 'queue', 'ops', 'simulator', ...inner],
  'worker.ts': ['queue', 'ops', ...inner],
  queue: ['ops', ...inner],
  ops: ['queue', ...inner],
  'sync.ts': [
    'store-pages.ts',
    'plan-walk.ts',
    'deletions.ts',
    'reach.ts',
    'pull.ts',
    'engine.ts',
    'tally.ts',
    'extract',
    'load',
    ...vocabulary,
  ],
  'plan-walk.ts': ['reach.ts', 'engine.ts', 'extract', 'load', ...vocabulary],
  'store-pages.ts': ['deletions.ts', 'engine.ts', 'tally.ts', 'extract', 'load', ...vocabulary],
  'deletions.ts': ['reach.ts', 'pull.ts', 'engine.ts', 'tally.ts', 'extract', 'load', ...vocabulary],
  'verify.ts': ['sync.ts', 'reach.ts', 'pull.ts', 'engine.ts', 'extract', 'load', ...vocabulary],
  'pull.ts': ['reach.ts', 'engine.ts', 'extract', 'load', ...vocabulary],
  'reach.ts': ['engine.ts', 'extract', 'load', ...vocabulary],
  'tally.ts': ['engine.ts', 'extract', 'load', ...vocabulary],
  'engine.ts': ['extract', 'load', ...vocabulary],
  reporting: ['load', ...vocabulary],
  extract: vocabulary,
  load: vocabulary,
  sources: ['stream.ts', 'json.ts', 'errors.ts', 'config.ts'],
  simulator: vocabulary,
  'config.ts': ['config', ...vocabulary],
  config: vocabulary,
  ...Object.fromEntries(vocabulary.map((file) => [file, vocabulary])),
};

type Rule = (use: Import) => string | undefined;

const staysInside: Rule = ({ from, to }) => {
  const isManifest = from === 'program.ts' && to === '../package.json';
  return to.startsWith('..') && !isManifest ? 'lies outside src/' : undefined;
};

const looksDown: Rule = ({ from, to }) => {
  const [part, target] = [partOf(from), partOf(to)];
  if (!isOurs(to) || to.startsWith('..') || target === part) return undefined;
  const allowed = below[part];
  if (!allowed) return `is imported by ${part}, which has no place in test/house.ts yet`;
  return allowed.includes(target) ? undefined : `is not below ${part}`;
};

/** Other sources, and the registry that names them all, are none of a source's business. */
const sourcesStandAlone: Rule = ({ from, to, typeOnly }) => {
  const [part, source, file] = from.split('/');
  if (part !== 'sources') return undefined;
  if (to === 'config.ts') return typeOnly ? undefined : 'may be imported by a source as a type only';
  const isForeign = partOf(to) === 'sources' && to.split('/')[1] !== source;
  return file !== undefined && isForeign ? 'belongs to another source' : undefined;
};

const drizzleStaysWithTables: Rule = ({ from, to, typeOnly }) => {
  if (to !== 'drizzle-orm' && !to.startsWith('drizzle-orm/')) return undefined;
  if (from === 'stream.ts') return typeOnly ? undefined : 'may be imported by stream.ts as a type only';
  return /^(load|reporting|sources\/[^/]+)\//.test(from) ? undefined : 'is for load/, reporting/ and entity files';
};

const bullStaysInQueue: Rule = ({ from, to }) =>
  /^bullmq(\/|$)/.test(to) && partOf(from) !== 'queue' ? 'is for queue/' : undefined;

const simulatorStaysOut: Rule = ({ from, to }) => {
  const mayUse = partOf(from) === 'simulator' || from === 'commands/demo.ts' || from === 'commands/simulate.ts';
  return partOf(to) === 'simulator' && !mayUse ? 'is for the commands demo and simulate' : undefined;
};

const rules = [staysInside, looksDown, sourcesStandAlone, drizzleStaysWithTables, bullStaysInQueue, simulatorStaysOut];

/** One line for each import that breaks a rule of the house. */
export function violations(imports: readonly Import[]): string[] {
  return imports.flatMap((use) =>
    rules.flatMap((rule) => {
      const reason = rule(use);
      return reason ? [`src/${use.from} imports ${use.to}, which ${reason}`] : [];
    }),
  );
}

const comments = /\/\*[^]*?\*\/|\/\/.*/g;
const environment =
  /\bprocess\s*\??\.\s*env\b|\bprocess\s*\[|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|\{[^}]*\benv\b[^}]*\}\s*from\s*'(node:)?process'/;

/** True for code that reads the environment of the process. */
export const readsEnvironment = (text: string) => environment.test(text.replace(comments, ''));

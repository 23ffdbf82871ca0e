import { errorCodes } from '../src/model/error-codes.ts';
import type { ErrorEntry } from '../src/model/error-codes/entry.ts';

/** Meanings of the first digit of a code. */
const FAMILIES: Readonly<Record<string, string>> = {
  CS1: 'Command line and settings',
  CS2: 'Postgres',
  CS3: 'Redis and the queue',
  CS4: 'The source: the API of the billing provider',
  CS5: 'Runs and stored data',
  CS6: 'Reports, exports and readers',
  CS7: 'Admin server, webhooks and hooks',
};

const INTRODUCTION = `# Errors

Each error has a code, which comes before its message:

\`\`\`
checkout-sync: CS1203: DATABASE_URL must be a URL such as postgres://user:password@host:5432/database
\`\`\`

The meaning of a code never changes, so scripts and alerts can rely on it. Messages may change. The code is also

- \`code\` in the problems of \`doctor --json\`, in \`lastError\` of \`status --json\`, in JSON responses of the admin server, and in
  errors of the [library](library.md);
- \`errorCode\` beside \`error\` in \`sync --json\`, \`verify --json\`, \`/status.json\`, the event [\`run.failed\`](hooks.md) and log lines;
- \`error_code\` in the table \`sync.runs\`.

A message may end with the original message of Postgres, Redis or Node.js in parentheses.

Exit codes of commands: 1 the work failed, 2 wrong usage or settings. To look for a symptom instead of a code, see
[troubleshooting](operations.md#troubleshooting).
`;

const outcome = ({ exit, http }: ErrorEntry) =>
  [exit === undefined ? [] : `exit code ${exit}`, http === undefined ? [] : `HTTP status ${http}`].flat().join(', ');

function section(family: string): string {
  const entries = Object.entries<ErrorEntry>(errorCodes).filter(([code]) => code.startsWith(family));
  const parts = entries
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(
      ([code, entry]) =>
        `### ${code}\n\n**${entry.title}** (${outcome(entry)}). ${entry.means}\n\nWhat to do: ${entry.fix}\n`,
    );
  return `## ${FAMILIES[family]}\n\n${parts.join('\n')}`;
}

/** Returns the text of docs/errors.md, which explains each code. */
export const errorsPage = (): string => [INTRODUCTION, ...Object.keys(FAMILIES).map(section)].join('\n');

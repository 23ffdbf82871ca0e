import { Command } from 'commander';
import type { CheckResult } from '../model/check.ts';
import { count } from './format.ts';
import { helpAfter } from './help.ts';
import { jsonOption, print, type Invocation } from './invocation.ts';

/** Returns the command `doctor`. */
export const doctorCommand = (invocation: Invocation): Command =>
  new Command('doctor')
    .description('check settings, database, queue and sources, and say how to fix each problem; leaves nothing behind')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      helpAfter({
        examples: [
          ['npx checkout-sync doctor', 'one line per check'],
          ['npx checkout-sync doctor --json', 'for scripts'],
        ],
        page: 'docs/operations.md',
      }),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const { readConfig } = await import('../config/config.ts');
      const { checkAll } = await import('./checks.ts');
      const checks = await checkAll(readConfig(invocation.environment()), invocation.signal);
      const ok = isHealthy(checks);
      print(invocation, { ok, checks }, !json && describeChecks(checks));
      if (!ok) invocation.fail();
    });

/** Formats one line per check and a summary, for people. */
function describeChecks(checks: readonly CheckResult[]): string[] {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.map(({ check, state, code, found, advice }) => {
    const mark = state === 'problem' ? 'PROBLEM' : state;
    return `${mark.padEnd(7)}  ${check.padEnd(width)}  ${code === undefined ? found : `${code}: ${found}: ${advice}`}`;
  });
  return [...lines, countProblems(checks)];
}

function countProblems(checks: readonly CheckResult[]): string {
  const [problems, skips] = (['problem', 'skipped'] as const).map(
    (state) => checks.filter((check) => check.state === state).length,
  );
  const left = skips ? `, ${count(skips)} skipped` : '';
  return problems
    ? `${count(problems)} of ${count(checks.length)} checks found a problem${left}.`
    : `No problem found${left}.`;
}

/** Returns true if no check found a problem. */
const isHealthy = (checks: readonly CheckResult[]) => checks.every(({ state }) => state !== 'problem');

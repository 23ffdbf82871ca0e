import { text } from 'node:stream/consumers';
import { readEnvironment } from './config/environment.ts';
import { FatalError, formatError } from './model/errors.ts';
import { tuneV8 } from './model/v8.ts';
import { EXIT_FAILED, runProgram } from './program.ts';

const EXIT_KILLED = 130;

const stop = new AbortController();

/** The first signal lets the current page be stored; the second ends the process immediately. */
function onSignal(): void {
  if (stop.signal.aborted) process.exit(EXIT_KILLED);
  stop.abort(new FatalError('CS5103', 'interrupted: the next run does what is left'));
}

/** True once stdout took less than was written to it. */
let isOutputLost = false;

/** A reader that has gone, as `head` does, wants no more: the work ends. Anything else, as a full disk, is a failure. */
function onOutputError(error: Error & { code?: string }): void {
  if (isOutputLost) return;
  stop.abort(new FatalError('CS5103', 'interrupted: nobody reads the output any more'));
  if (error.code === 'EPIPE') return;
  isOutputLost = true;
  process.exitCode = EXIT_FAILED;
  process.stderr.write(`checkout-sync: CS6209: stdout cannot be written: ${formatError(error)}\n`);
}

/** Returns the terminal of this process. One without a size, as `docker exec` and scripts may have, would wrap after each character. */
function terminalHere() {
  const { stdin: input, stderr: output } = process;
  if (!input.isTTY || !output.isTTY) return undefined;
  if (output.columns === 0) Object.assign(output, { columns: 80, rows: 24 });
  return { input, output };
}

/** Runs the command line of this process, and sets its exit code. */
export async function main(): Promise<void> {
  tuneV8();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, onSignal);
  process.stdout.on('error', onOutputError);
  process.stderr.on('error', () => undefined); // there is nowhere to say it
  const { stdout, stderr } = process;
  const code = await runProgram(process.argv.slice(2), {
    environment: readEnvironment,
    stdout,
    stderr,
    terminal: terminalHere,
    readInput: () => text(process.stdin),
    signal: stop.signal,
  });
  process.exitCode = isOutputLost ? EXIT_FAILED : code;
}

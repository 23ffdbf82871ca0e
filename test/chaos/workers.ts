import { spawnWorker, until, type ServiceProcess } from '../support/service.ts';

/** Worker processes. Each is started again after it ends, as a supervisor does. */
export interface Workers {
  /** The process in each place; undefined while there is none. */
  processes: readonly (WorkerProcess | undefined)[];
  /** Addresses of the running workers. */
  addresses: () => string[];
  /** Ends the process in a place with a signal, and waits until it has ended. It stays down until `start`. */
  end: (place: number, signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
  /** Starts a process in a place, and waits until it runs. `more` adds environment variables to the settings. */
  start: (place: number, more?: Record<string, string>) => Promise<void>;
  /** Kills every process, and starts no more. */
  close: () => Promise<void>;
  /** Failures that no fault may cause: a running process ended by itself, or did not exit with 0 on SIGTERM. */
  failures: readonly string[];
  /** The last lines of every process. */
  log: () => string[];
}

/** A process in its place. */
export interface WorkerProcess extends ServiceProcess {
  url: string | undefined;
}

const STARTS_WITHIN_MS = 300_000;
const AGAIN_MS = 500;
const LINES = 15;

/** Creates workers that are not started yet. */
export function createWorkers(settings: Record<string, string>, size: number): Workers {
  const processes: (WorkerProcess | undefined)[] = Array.from({ length: size });
  const failures: string[] = [];
  const started: WorkerProcess[] = [];
  let isClosed = false;

  function launch(place: number, more: Record<string, string> = {}): void {
    if (isClosed) return;
    const worker: WorkerProcess = { ...spawnWorker({ ...settings, ...more }), url: undefined };
    processes[place] = worker;
    started.push(worker);
    worker.running.then(
      (url) => (worker.url = url),
      () => undefined, // it ended before it ran: it is started again
    );
    void replaceWhenEnded(worker, () => launch(place, more));
  }

  async function replaceWhenEnded(worker: WorkerProcess, launchAgain: () => void): Promise<void> {
    const code = await worker.ended;
    const isWanted = () => processes.includes(worker);
    if (!isWanted()) return;
    if (worker.url !== undefined) failures.push(`a worker that ran ended by itself with ${code}`);
    setTimeout(() => isWanted() && launchAgain(), AGAIN_MS);
  }

  async function end(place: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const worker = processes[place];
    processes[place] = undefined;
    if (!worker) return;
    worker.kill(signal);
    const code = await worker.ended;
    if (signal === 'SIGTERM' && worker.url !== undefined && code !== 0)
      failures.push(`a worker ended with ${code} on SIGTERM`);
  }

  return {
    processes,
    failures,
    addresses: () => processes.flatMap((worker) => worker?.url ?? []),
    async start(place, more) {
      launch(place, more);
      await until('a worker runs', () => processes[place]?.url !== undefined, STARTS_WITHIN_MS);
    },
    end,
    async close() {
      isClosed = true;
      await Promise.all(processes.keys().map((place) => end(place, 'SIGKILL')));
    },
    log: () => started.flatMap((worker) => [`worker ${worker.pid}:`, ...worker.log().trim().split('\n').slice(-LINES)]),
  };
}

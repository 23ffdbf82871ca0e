import { spawnService, until, type ServiceProcess } from '../support/service.ts';

/** Worker processes, each started again whenever it has ended, as by an operator's supervisor. */
export interface Crew {
  /** The process in each place; undefined while there is none. */
  members: readonly (Member | undefined)[];
  /** Addresses of those that run. */
  addresses: () => string[];
  /** Ends the process in a place with a signal and waits for that; it is not started again before `start`. */
  end: (place: number, signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
  /** Starts a process in a place and waits until it runs; `more` are variables of its environment beside the settings. */
  start: (place: number, more?: Record<string, string>) => Promise<void>;
  /** Kills every process; none is started from now on. */
  close: () => Promise<void>;
  /** What no fault may cause: a process that ran and ended by itself, or that did not end as it should. */
  failures: readonly string[];
  /** The last lines of every process. */
  log: () => string[];
}

/** A process in its place. */
export interface Member extends ServiceProcess {
  url: string | undefined;
}

const STARTS_WITHIN_MS = 120_000;
const AGAIN_MS = 500;
const LINES = 15;

/** A crew that nobody has started yet. */
export function createCrew(settings: Record<string, string>, size: number): Crew {
  const members: (Member | undefined)[] = Array.from({ length: size });
  const failures: string[] = [];
  const everyone: Member[] = [];
  let isClosed = false;

  function launch(place: number, more: Record<string, string> = {}): void {
    if (isClosed) return;
    const member: Member = { ...spawnService({ ...settings, ...more }), url: undefined };
    members[place] = member;
    everyone.push(member);
    member.running.then(
      (url) => (member.url = url),
      () => undefined, // it ended before it ran: it is started again
    );
    void replaceWhenEnded(member, () => launch(place, more));
  }

  async function replaceWhenEnded(member: Member, launchAgain: () => void): Promise<void> {
    const code = await member.ended;
    const isWanted = () => members.includes(member);
    if (!isWanted()) return;
    if (member.url !== undefined) failures.push(`a worker that ran ended by itself with ${code}`);
    setTimeout(() => isWanted() && launchAgain(), AGAIN_MS);
  }

  async function end(place: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const member = members[place];
    members[place] = undefined;
    if (!member) return;
    member.kill(signal);
    const code = await member.ended;
    if (signal === 'SIGTERM' && member.url !== undefined && code !== 0)
      failures.push(`a worker ended with ${code} on SIGTERM`);
  }

  return {
    members,
    failures,
    addresses: () => members.flatMap((member) => member?.url ?? []),
    async start(place, more) {
      launch(place, more);
      await until('a worker runs', () => members[place]?.url !== undefined, STARTS_WITHIN_MS);
    },
    end,
    async close() {
      isClosed = true;
      await Promise.all(members.keys().map((place) => end(place, 'SIGKILL')));
    },
    log: () =>
      everyone.flatMap((member) => [`worker ${member.pid}:`, ...member.log().trim().split('\n').slice(-LINES)]),
  };
}

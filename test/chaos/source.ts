import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../../src/simulator/faults.ts';
import { random, type Random } from '../../src/simulator/random.ts';
import type { RequestEntry } from '../../src/simulator/request-log.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { SourceFault, Step } from './schedule.ts';

/** Chooses the fault of a request; undefined for a correct response. */
type FaultChooser = (request: RequestEntry) => Fault | undefined;

/** The simulator's responses, which take a while and can be spoiled. */
export interface Source {
  /** Spoils responses for the step's duration. A record is left out of lists until it is requested by its id, or for `longestLeftOutMs`. */
  perform: (step: Step<SourceFault>, longestLeftOutMs: number, signal: AbortSignal) => Promise<void>;
  /** Gives every request this fault until the work is done. */
  during: (fault: Fault, work: () => Promise<void>) => Promise<void>;
  /** Responds correctly and without delay from now on. */
  stop: () => void;
}

const LONGEST_ANSWER_MS = 300;
const HTML = '<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>';
/** Polar's response on every route under a version that it has removed. */
const UNKNOWN_VERSION: Fault = {
  fault: 'status',
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: { detail: 'Not Found' },
};

const isList = ({ path }: RequestEntry) => path.endsWith('/');

/** A simulator whose responses can be spoiled; for Polar with its truth. */
type Spoilable = Pick<Simulator, 'intercept'> & Partial<Pick<Simulator, 'polar'>>;

/** Delays each response, so that a walk is always running. */
export function startSource(simulator: Spoilable, seed: number): Source {
  const chance = random(seed, 'source');
  const isSpoiled = often(chance);
  let choose: FaultChooser = () => undefined;
  simulator.intercept((request) => {
    return choose(request) ?? { fault: 'latency', ms: chance.integer(20, LONGEST_ANSWER_MS) };
  });
  return {
    stop: () => simulator.intercept(null),
    async perform({ kind, forMs, choice }, longestLeftOutMs, signal) {
      const over = Promise.withResolvers<void>();
      choose = faultChooser({ kind, choice }, simulator, isSpoiled, over.resolve);
      const longest = kind.startsWith('leave a record out') ? longestLeftOutMs : forMs;
      await Promise.race([pause(longest, undefined, { signal }), over.promise]).finally(() => {
        choose = () => undefined;
      });
    },
    async during(fault, work) {
      choose = () => fault;
      await work().finally(() => {
        choose = () => undefined;
      });
    },
  };
}

/** A request is tried seven times, and machine faults take some of them: no more than this are spoiled in a row. */
const MOST_IN_A_ROW = 4;

/** Spoils most requests, but none so often that the client gives up. */
function often(chance: Random): (request: RequestEntry) => boolean {
  const inARow = new Map<string, number>();
  return ({ path, query }) => {
    const [key, isSpoiled] = [`${path}?${query.toString()}`, chance.chance(0.7)];
    const count = isSpoiled ? (inARow.get(key) ?? 0) + 1 : 0;
    inARow.set(key, count > MOST_IN_A_ROW ? 0 : count);
    return isSpoiled && count <= MOST_IN_A_ROW;
  };
}

function faultChooser(
  { kind, choice }: Pick<Step<SourceFault>, 'kind' | 'choice'>,
  { polar }: Spoilable,
  isSpoiled: (request: RequestEntry) => boolean,
  over: () => void,
): FaultChooser {
  const mostly =
    (fault: Fault): FaultChooser =>
    (request) =>
      isSpoiled(request) ? fault : undefined;
  switch (kind) {
    case 'answer 429':
      return mostly({ fault: 'status', status: 429, headers: { 'retry-after': '1' }, body: 'Too many requests' });
    case 'answer 5xx with HTML':
      return mostly({
        fault: 'status',
        status: [500, 502, 503, 504][choice % 4] ?? 502,
        headers: { 'content-type': 'text/html' },
        body: HTML,
      });
    case 'reset connections':
      return mostly('reset');
    case 'send half of each body':
      return mostly('half-body');
    case 'send each body slowly':
      return mostly({ fault: 'slow-body', ms: 900 });
    case 'send broken JSON':
      return mostly(choice % 2 ? 'invalid-json' : 'empty-body');
    case 'tell wrong totals':
      return mostly({ fault: 'pagination', total_count: choice });
    case 'tell no number of pages':
      return mostly({ fault: 'pagination', max_page: 0 });
    case 'know no API version':
      return () => (polar ? UNKNOWN_VERSION : undefined); // Fynn has no versions
    case 'leave a record out of its page':
      return leaveOut(polar, choice, over);
    case 'leave a record out, and know no API version by id':
      return leaveOut(polar, choice, over, UNKNOWN_VERSION);
    default:
      throw new TypeError(`no such fault: ${String(kind)}`);
  }
}

/** Leaves a record out of every list of its stream and its total until it is requested by its id. */
function leaveOut(polar: Simulator['polar'] | undefined, choice: number, over: () => void, byId?: Fault): FaultChooser {
  if (!polar) return () => undefined;
  const lists = Object.values(polar.streams)
    .filter(({ scopes, isListOnly }) => !isListOnly && polar.settings.scopes.includes(scopes[0]))
    .map(({ paths, driver }) => ({ path: `${paths[0]}/`, ids: driver.list() }))
    .filter(({ ids }) => ids.length > 0);
  const { path, ids } = lists[choice % lists.length] ?? { path: '', ids: [] };
  const hidden = ids[choice % ids.length] ?? '';
  return (request) => {
    if (isList(request))
      return request.path === path ? { fault: 'rewrite', json: (body) => without(body, hidden) } : undefined;
    if (!request.path.endsWith(hidden)) return undefined; // other missing records are requested first
    setTimeout(over, 100);
    return byId;
  };
}

interface Listing {
  items: { id: string }[];
  pagination: { total_count: number };
}

function without(body: unknown, id: string): unknown {
  const { items, pagination } = body as Listing;
  return {
    items: items.filter((item) => item.id !== id),
    pagination: { ...pagination, total_count: pagination.total_count - 1 },
  };
}

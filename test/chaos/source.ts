import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from '../../src/simulator/faults.ts';
import { random, type Random } from '../../src/simulator/random.ts';
import type { RequestEntry } from '../../src/simulator/request-log.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { SourceFault, Step } from './schedule.ts';

/** What a request meets while a fault lasts; undefined is a right answer. */
type Meet = (request: RequestEntry) => Fault | undefined;

/** The simulator's answers, which take a while and can be spoiled. */
export interface Source {
  /** Spoils answers for as long as the step says; what is left out of lists, until it was asked for by its id, or too long. */
  perform: (step: Step<SourceFault>, longestLeftOutMs: number, signal: AbortSignal) => Promise<void>;
  /** Answers at once from now on. */
  stop: () => void;
}

const LONGEST_ANSWER_MS = 300;
const HTML = '<html><head><title>502 Bad Gateway</title></head><body><hr>nginx</body></html>';
/** As Polar answers on every route under a version that it has removed. */
const UNKNOWN_VERSION: Fault = {
  fault: 'status',
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: { detail: 'Not Found' },
};

const isList = ({ path }: RequestEntry) => path.endsWith('/');

/** Makes each answer take a while, so that walks are always under way. */
export function startSource(simulator: Simulator, seed: number): Source {
  const chance = random(seed, 'source');
  const isSpoiled = often(chance);
  let meet: Meet = () => undefined;
  simulator.intercept((request) => {
    return meet(request) ?? { fault: 'latency', ms: chance.integer(20, LONGEST_ANSWER_MS) };
  });
  return {
    stop: () => simulator.intercept(null),
    async perform({ kind, forMs, choice }, longestLeftOutMs, signal) {
      const over = Promise.withResolvers<void>();
      meet = meeting(kind, simulator, isSpoiled, choice, over.resolve);
      const longest = kind.startsWith('leave a record out') ? longestLeftOutMs : forMs;
      await Promise.race([pause(longest, undefined, { signal }), over.promise]).finally(() => {
        meet = () => undefined;
      });
    },
  };
}

/** A request is tried seven times, and what the machines do counts as well: no more in a row are spoiled here. */
const MOST_IN_A_ROW = 4;

/** Spoils most requests, but not the same one so often that it would be given up. */
function often(chance: Random): (request: RequestEntry) => boolean {
  const inARow = new Map<string, number>();
  return ({ path, query }) => {
    const [key, isSpoiled] = [`${path}?${query.toString()}`, chance.chance(0.7)];
    const count = isSpoiled ? (inARow.get(key) ?? 0) + 1 : 0;
    inARow.set(key, count > MOST_IN_A_ROW ? 0 : count);
    return isSpoiled && count <= MOST_IN_A_ROW;
  };
}

function meeting(
  kind: SourceFault,
  simulator: Simulator,
  isSpoiled: (request: RequestEntry) => boolean,
  choice: number,
  over: () => void,
): Meet {
  const mostly =
    (fault: Fault): Meet =>
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
      return () => UNKNOWN_VERSION;
    case 'leave a record out of its page':
      return leaveOut(simulator, choice, over);
    case 'leave a record out, and know no API version by id':
      return leaveOut(simulator, choice, over, UNKNOWN_VERSION);
    default:
      throw new TypeError(`no such fault: ${String(kind)}`);
  }
}

/** Leaves a link or session out of every list, and out of its total, until it was asked for by its id. */
function leaveOut({ polar }: Simulator, choice: number, over: () => void, byId?: Fault): Meet {
  const links = [...polar.links.values()].filter(({ deleted_at }) => deleted_at === null).map(({ id }) => id);
  const ids = choice % 2 === 0 && links.length > 0 ? links : [...polar.checkouts.keys()];
  const hidden = ids[choice % ids.length] ?? '';
  const isOfIt = ({ path }: RequestEntry) => path.includes('checkout-links') === links.includes(hidden);
  return (request) => {
    if (isList(request))
      return isOfIt(request) ? { fault: 'rewrite', json: (body) => without(body, hidden) } : undefined;
    if (!request.path.endsWith(hidden)) return undefined; // others that are missing are asked for first
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

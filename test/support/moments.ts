import type { Simulator } from '../../src/simulator/simulator.ts';

/** Edits between two requests: before the rows of a request are read, or after that and before they are sent. */
export interface RequestMoment {
  request: number;
  hook: 'intercept' | 'afterRead';
}

/** Plays moments when their requests come, and stops at a request where one is given; returns those whose requests have not come yet. */
export function playMoments<M extends RequestMoment>(
  simulator: Pick<Simulator, 'requests' | 'intercept' | 'afterRead'>,
  { moments, stopsAt }: { moments: readonly M[]; stopsAt: number | null },
  stop: AbortController,
  play: (moment: M) => void,
): ReadonlySet<M> {
  const first = simulator.requests.length;
  const left = new Set(moments);
  const act = (hook: RequestMoment['hook']) => (_request: unknown, index: number) => {
    if (stopsAt === index - first) stop.abort();
    for (const moment of left) {
      if (moment.hook !== hook || moment.request !== index - first) continue;
      left.delete(moment);
      play(moment);
    }
  };
  simulator.intercept(act('intercept'));
  simulator.afterRead(act('afterRead'));
  return left;
}

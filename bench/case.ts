import type { Cluster } from './cluster.ts';
import type { Outcome } from './report.ts';

/** The context of every case. */
export interface Bench {
  cluster: Cluster;
  rounds: number;
  /** Small sizes, to see that everything works. */
  isQuick: boolean;
  /** Reports on stderr what is being measured. */
  say: (text: string) => void;
}

/** One case of the benchmark. */
export interface Case {
  /** Name for `--only`. */
  name: string;
  run: (bench: Bench) => Promise<Outcome>;
}

/** Measures a number of rounds, one after the other. */
export async function inRounds<T>({ rounds, say }: Bench, name: string, round: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 1; index <= rounds; index++) {
    say(`${name}, round ${index} of ${rounds}`);
    results.push(await round());
  }
  return results;
}

import type { Cluster } from './cluster.ts';
import type { Outcome } from './report.ts';

/** What every case works with. */
export interface Bench {
  cluster: Cluster;
  rounds: number;
  /** Small sizes, to see that everything works. */
  isQuick: boolean;
  /** Says on stderr what is being measured. */
  say: (text: string) => void;
}

/** One case of the benchmark. */
export interface Case {
  /** As `--only` takes it. */
  name: string;
  run: (bench: Bench) => Promise<Outcome>;
}

/** Measures so many rounds, one after the other. */
export async function inRounds<T>({ rounds, say }: Bench, name: string, round: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let index = 1; index <= rounds; index++) {
    say(`${name}, round ${index} of ${rounds}`);
    results.push(await round());
  }
  return results;
}

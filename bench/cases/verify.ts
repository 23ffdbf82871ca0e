import { inRounds, type Case } from '../case.ts';
import { settle } from '../cluster.ts';
import { verifyOurs, walkOurs } from '../ours.ts';
import { servePolar } from '../processes.ts';
import { medians, number, type Outcome } from '../report.ts';

/** Comparing every column of every row with the source. */
export const verify: Case = {
  name: 'verify',
  async run(bench): Promise<Outcome> {
    const { cluster } = bench;
    const sessions = bench.isQuick ? 2000 : 20_000;
    const url = await cluster.create('ours');
    const source = await servePolar({ sessions });
    try {
      await walkOurs('full', cluster, url, source);
      await settle(url);
      const rounds = await inRounds(bench, 'verify', async () => {
        const { durationMs, cpuSeconds, peakMb, requests } = await verifyOurs(cluster, url, source);
        return { durationMs, cpuSeconds, peakMb, requests };
      });
      const { durationMs, cpuSeconds, peakMb, requests } = medians(rounds);
      const row = [
        number(sessions),
        number((sessions / durationMs) * 1000),
        number(durationMs / 1000, 2),
        number((cpuSeconds * 1e6) / sessions),
        number(peakMb),
        number(requests),
      ];
      const head = ['sessions', 'sessions/s', 'seconds', 'CPU µs per session', 'peak MB', 'requests'];
      return { tables: [{ title: 'Verify, nothing differs', head, rows: [row] }], targets: [], figures: rounds };
    } finally {
      await source.stop();
      await cluster.drop('ours');
    }
  },
};

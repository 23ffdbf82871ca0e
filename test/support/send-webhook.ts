import { randomUUID } from 'node:crypto';
import { timestampMicros } from '../../src/model/clock.ts';
import { parseJson } from '../../src/model/json.ts';
import { commitWebhooks, type Outcome } from '../../src/load/webhooks.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { signedWebhook } from '../../src/simulator/polar/webhooks.ts';
import { polarWebhooks } from '../../src/sources/polar/webhooks.ts';
import type { SyncContext } from '../../src/sync/context.ts';

const secret = 'polar_whs_a_secret_of_the_tests';

/** Stores a webhook of Polar's as the service would, without one. */
export function sendWebhook(
  { db, source }: Pick<SyncContext, 'db' | 'source'>,
  { polar }: Simulator,
  event: Parameters<typeof signedWebhook>[1],
): Promise<Outcome[]> {
  const { body } = signedWebhook(polar, event, { secret });
  const received = polarWebhooks([secret]).parseEvent(parseJson(body));
  return commitWebhooks(db, source, [{ id: randomUUID(), receivedAt: timestampMicros(), event: received }]);
}

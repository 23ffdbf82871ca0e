import { timestampMicros } from '../../src/model/clock.ts';
import { parseJson } from '../../src/model/json.ts';
import { commitWebhooks, type ReceivedWebhook } from '../../src/load/webhooks.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { signedWebhook } from '../../src/simulator/polar/webhooks.ts';
import { polarWebhooks } from '../../src/sources/polar/webhooks.ts';
import type { Engine } from '../support/engine.ts';

const SECRET = 'polar_whs_a_secret_of_the_tests';

/** A merchant, and where the merchant's webhooks are stored: those whose types match. */
export interface Followed {
  polar: Polar;
  engine: Pick<Engine, 'context'>;
  types?: RegExp;
}

/** Makes edits, and stores the webhooks that they cause, with the records as they were then. Returns what `make` returns. */
export async function storeEdit<T>({ polar, engine: { context }, types = /./ }: Followed, make: () => T): Promise<T> {
  const received: ReceivedWebhook[] = [];
  const stop = polar.subscribe((event) => {
    if (!types.test(event.type)) return;
    const { body } = signedWebhook(polar, event, { secret: SECRET });
    const id = `${polar.organizationId} ${polar.clock.now()}`;
    received.push({ id, receivedAt: timestampMicros(), event: polarWebhooks([SECRET]).parseEvent(parseJson(body)) });
  });
  const made = make();
  stop();
  await commitWebhooks(context.db, context.source, received);
  return made;
}

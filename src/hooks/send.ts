import { Webhook } from 'standardwebhooks';
import { openDispatcher } from '../extract/connection.ts';
import type { HookDelivery } from '../ledger/hook-deliveries.ts';
import { formatError } from '../model/errors.ts';
import type { HookConfig } from '../model/hook.ts';
import { scrub } from '../model/secrets.ts';

/** Result of one attempt: the receiver's status, or an error. */
export type SendResult = { status: number; error?: undefined } | { status: number | undefined; error: string };

/** Sends events to the receiver of hooks. */
export interface HookSender {
  /**
   * Makes one attempt, of at most ten seconds. Throws only if it is interrupted: a failure of the receiver is a result.
   */
  send(delivery: HookDelivery): Promise<SendResult>;
  close(): Promise<void>;
}

/** Timeout of an attempt. */
const TIMEOUT_MS = 10_000;

/**
 * Opens a connection to the receiver. Requests are signed as Standard Webhooks describes: a secret that begins with
 * `whsec_` is base64, any other is used as written. Redirects are not followed, and response bodies are not read.
 */
export function openHook({ url, secret, proxy }: HookConfig, stop: AbortSignal): HookSender {
  const { origin, pathname, search } = new URL(url);
  const timeouts = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS };
  const opening = openDispatcher(proxy, timeouts);
  const signer = secret.startsWith('whsec_') ? new Webhook(secret) : new Webhook(secret, { format: 'raw' });
  const post = async ({ id, body }: HookDelivery): Promise<number> => {
    const dispatcher = await opening;
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'checkout-sync',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': signer.sign(id, at, body),
    };
    const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await dispatcher.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers,
      body,
      signal,
    });
    response.body.on('error', () => undefined).destroy();
    return response.statusCode;
  };
  return {
    async send(delivery) {
      try {
        const status = await post(delivery);
        return status >= 200 && status < 300 ? { status } : { status, error: `the receiver responded ${status}` };
      } catch (error) {
        stop.throwIfAborted();
        return { status: undefined, error: scrub(formatError(error)).slice(0, 500) };
      }
    },
    async close() {
      const dispatcher = await opening;
      await dispatcher.destroy();
    },
  };
}

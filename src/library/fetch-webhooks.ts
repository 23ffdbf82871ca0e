import { MOST_BYTES, refuseEncoding, type WebhookReceiver, type WebhookResponse } from '../admin/receive-webhook.ts';
import { ConfigError } from '../model/errors.ts';
import { DEFAULT_ACCOUNT } from '../model/stream.ts';
import type { WebhookChoice } from './api.ts';

/**
 * Returns a handler of the Fetch API for webhooks. It responds as the service does. Throws a ConfigError for a body
 * that has already been read.
 */
export const fetchHandler =
  ({ receive }: WebhookReceiver) =>
  async (request: Request): Promise<Response> => {
    if (request.method !== 'POST')
      return responseOf({
        status: 405,
        body: { error: 'webhooks are sent by POST', code: 'CS7103' },
        headers: { allow: 'POST' },
      });
    const refused = refuseEncoding(request.headers.get('content-encoding') ?? undefined);
    if (refused) return responseOf(refused);
    if (request.bodyUsed || request.body?.locked)
      throw new ConfigError(
        'CS1104',
        'the body of the webhook was read already: give the handler the request before anything reads it, or request.clone()',
      );
    const body = await limitedBody(request);
    if (!body)
      return responseOf({
        status: 413,
        body: { error: `the body is larger than ${MOST_BYTES} bytes`, code: 'CS7103' },
      });
    return responseOf(await receive({ body, header: (name) => request.headers.get(name) ?? undefined }));
  };

const responseOf = ({ status, body, headers }: WebhookResponse) =>
  Response.json(body, { status, ...(headers && { headers }) });

/** Returns the bytes of a body; undefined if it is too large, in which case the rest is not read. */
async function limitedBody({ body }: Request): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Returns the receiver of the chosen account. Throws a ConfigError if there is none, or more than one. */
export function chooseReceiver(
  receivers: readonly WebhookReceiver[],
  { source, account = DEFAULT_ACCOUNT }: WebhookChoice,
): WebhookReceiver {
  const found = source === undefined ? receivers : receivers.filter((one) => isChosen(one, { source, account }));
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const known = receivers.map((one) => `${one.source} (account ${one.account})`).join(', ');
  if (receivers.length === 0)
    throw new ConfigError('CS7203', 'no account takes webhooks: set POLAR_WEBHOOK_SECRET or FYNN_WEBHOOK_SECRET');
  throw new ConfigError(
    'CS7203',
    source === undefined
      ? `several accounts take webhooks: name the source and the account. Known are ${known}`
      : `${source} (account ${account}) takes no webhooks. Known are ${known}`,
  );
}

const isChosen = (receiver: WebhookReceiver, { source, account }: WebhookChoice) =>
  receiver.source === source && receiver.account === account;

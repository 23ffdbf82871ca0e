import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatError, RefusedError } from '../model/errors.ts';
import { timestampMicros, presentMs } from '../model/clock.ts';
import { parseJson, type Json } from '../model/json.ts';
import type { CommitResult } from '../load/commit.ts';
import { warnOfSkewed } from '../load/skewed-rows.ts';
import type { Database } from '../database/database.ts';
import { commitWebhooks, type Outcome, type ReceivedWebhook } from '../load/webhooks.ts';
import type { Logger } from '../model/log.ts';
import { parseScrubbed } from '../model/secrets.ts';
import { accountRef, type Source, type Webhooks } from '../model/source.ts';
import { DEFAULT_ACCOUNT, type StreamRef } from '../model/stream.ts';
import { createInbox } from './inbox.ts';
import type { Metrics } from './metrics.ts';

const MOST_BYTES = 1_048_576;

/** The parameters of the webhook routes. */
export interface WebhookServices {
  /** Sessions whose statements end before the source stops waiting for the response. */
  db: Pick<Database, 'pool'>;
  metrics: Metrics;
  /** Makes a full walk of a stream due soon. */
  requestWalk: (ref: StreamRef) => void;
  log: Logger;
}

/**
 * Adds `POST /webhooks/<source>` for each account with a secret, with `/<account>` where it has a name. Responds 200 for a webhook
 * that is stored, known or irrelevant; 401 for a wrong signature, without storing anything; 413 above a megabyte; 415 for a
 * compressed body; 503 when it cannot be stored, as while the database is down or a user's trigger refuses it, so that the source
 * sends it again.
 */
export function webhookRoutes(sources: readonly Source[], services: WebhookServices) {
  return async (app: FastifyInstance): Promise<void> => {
    // The signature covers the bytes of the body, so an unknown content type must not refuse it.
    app.addHook('onRequest', async ({ headers }) => void (headers['content-type'] = 'application/octet-stream'));

    app.addHook('onRequest', refuseEncoded);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    for (const source of sources) if (source.webhooks) addRoute(app, source, source.webhooks, services);
  };
}

/** Returns the path for the webhooks of an account. */
const webhookPath = ({ name, account }: Source) =>
  account === DEFAULT_ACCOUNT ? `/webhooks/${name}` : `/webhooks/${name}/${account}`;

/** Refuses compressed bodies: no source compresses its webhooks, and a proxy that did would make the signature look wrong. */
async function refuseEncoded({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (/^(identity)?$/i.test(encoding)) return;
  const error = `the body is encoded (${encoding.slice(0, 40)}): send it as it is`;
  await reply.code(415).header('accept-encoding', 'identity').send({ error });
}

function addRoute(
  app: FastifyInstance,
  source: Source,
  webhooks: Webhooks,
  { db, metrics, requestWalk, log }: WebhookServices,
): void {
  const account = accountRef(source);
  const onCommitted = (committed: CommitResult) => {
    const ref = { account: source.account, stream: `${source.name}.webhooks` };
    metrics.onCommitted(ref, committed);
    warnOfSkewed(log, ref, committed.skewed);
  };
  const store = (batch: ReceivedWebhook[]) => commitWebhooks(db, source, batch, onCommitted);
  const inbox = createInbox(store, (error) => error instanceof RefusedError);
  app.post(webhookPath(source), { bodyLimit: MOST_BYTES }, async (request, reply) => {
    const receivedAt = timestampMicros();
    const started = performance.now();
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const id = webhooks.authenticate(body, (name) => [request.headers[name] ?? []].flat()[0], presentMs());
    if (id === undefined) {
      metrics.onWebhook(account, 'refused');
      return reply.code(401).send({ error: 'the signature is missing, wrong, or older than five minutes' });
    }
    try {
      const json = parseBody(body);
      const event = json === undefined ? undefined : webhooks.parseEvent(json);
      const outcome: Outcome = await inbox.add({ id, receivedAt, event });
      metrics.onWebhook(account, outcome);
      if (outcome !== 'duplicate')
        for (const stream of event?.due ?? []) requestWalk({ account: source.account, stream });
      metrics.onWebhookStored(account, (performance.now() - started) / 1000);
      log.debug({ ...account, webhook: id, type: event?.type, outcome }, 'webhook');
      return { outcome };
    } catch (error) {
      metrics.onWebhook(account, 'failed');
      log.warn({ ...account, webhook: id }, `webhook not stored, the source will send it again: ${formatError(error)}`);
      return reply.code(503).send({ error: 'not stored: send it again' });
    }
  });
}

/** Returns undefined for a body that is not JSON: it is recorded as unreadable. */
function parseBody(body: Buffer): Json | undefined {
  try {
    return parseScrubbed(body.toString('utf8'), parseJson);
  } catch {
    return undefined;
  }
}

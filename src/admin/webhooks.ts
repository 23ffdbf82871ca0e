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
import type { Source, Webhooks } from '../model/source.ts';
import { DEFAULT_ACCOUNT, type StreamRef } from '../model/stream.ts';
import { createInbox } from './inbox.ts';
import type { Metrics } from './metrics.ts';

const MOST_BYTES = 1_048_576;

/** What webhooks need. */
export interface WebhookServices {
  /** Sessions whose statements end before the source gives up on the answer. */
  db: Pick<Database, 'pool'>;
  metrics: Metrics;
  /** Asks for a full walk of a stream soon. */
  requestWalk: (ref: StreamRef) => void;
  log: Logger;
}

/**
 * `POST /webhooks/<source>` for each account with a secret, with `/<account>` where it has a name: 200 when it is stored, or known, or of no interest; 401 and
 * nothing stored when the signature is wrong; 413 above a megabyte; 415 for a body that is compressed; 503 when it cannot be stored, as while the database is
 * away or a trigger of the user's refuses it, so that the source sends it again.
 */
export function webhookRoutes(sources: readonly Source[], services: WebhookServices) {
  return async (app: FastifyInstance): Promise<void> => {
    // Whatever a body says it is, its bytes are what is signed: a type that cannot be read must not refuse it.
    app.addHook('onRequest', async ({ headers }) => void (headers['content-type'] = 'application/octet-stream'));

    app.addHook('onRequest', refuseEncoded);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    for (const source of sources) if (source.webhooks) addRoute(app, source, source.webhooks, services);
  };
}

/** Where the webhooks of an account arrive. */
const webhookPath = ({ name, account }: Source) =>
  account === DEFAULT_ACCOUNT ? `/webhooks/${name}` : `/webhooks/${name}/${account}`;

/** No source compresses its webhooks; whatever did so on the way would make the signature look wrong. */
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
  const onCommitted = (committed: CommitResult) => {
    metrics.onCommitted(`${source.name}.webhooks`, committed);
    warnOfSkewed(log, source.name, committed.skewed);
  };
  const store = (batch: ReceivedWebhook[]) => commitWebhooks(db, source, batch, onCommitted);
  const inbox = createInbox(store, (error) => error instanceof RefusedError);
  app.post(webhookPath(source), { bodyLimit: MOST_BYTES }, async (request, reply) => {
    const receivedAt = timestampMicros();
    const started = performance.now();
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const id = webhooks.authenticate(body, (name) => [request.headers[name] ?? []].flat()[0], presentMs());
    if (id === undefined) {
      metrics.onWebhook(source.name, 'refused');
      return reply.code(401).send({ error: 'the signature is missing, wrong, or older than five minutes' });
    }
    try {
      const json = parseBody(body);
      const event = json === undefined ? undefined : webhooks.parseEvent(json);
      const outcome: Outcome = await inbox.add({ id, receivedAt, event });
      metrics.onWebhook(source.name, outcome);
      if (outcome !== 'duplicate')
        for (const stream of event?.due ?? []) requestWalk({ account: source.account, stream });
      metrics.onWebhookStored(source.name, (performance.now() - started) / 1000);
      log.debug({ source: source.name, webhook: id, type: event?.type, outcome }, 'webhook');
      return { outcome };
    } catch (error) {
      metrics.onWebhook(source.name, 'failed');
      log.warn({ source: source.name, webhook: id }, `a webhook cannot be stored now: ${formatError(error)}`);
      return reply.code(503).send({ error: 'not stored: send it again' });
    }
  });
}

/** A body that is not JSON is undefined: it is recorded as unreadable. */
function parseBody(body: Buffer): Json | undefined {
  try {
    return parseScrubbed(body.toString('utf8'), parseJson);
  } catch {
    return undefined;
  }
}

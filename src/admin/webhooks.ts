import type { FastifyInstance, FastifyReply } from 'fastify';
import { MOST_BYTES, refuseEncoding, type WebhookReceiver, type WebhookResponse } from './receive-webhook.ts';

/**
 * Adds `POST /webhooks/<source>` for each receiver, followed by `/<account>` if the account has a name. Responds as the
 * receiver does, with 413 to a body above a megabyte and 415 to a compressed one.
 */
export function webhookRoutes(receivers: readonly WebhookReceiver[]) {
  return async (app: FastifyInstance): Promise<void> => {
    // The signature covers the bytes of the body, so an unknown content type must not refuse it.
    app.addHook('onRequest', async ({ headers }) => void (headers['content-type'] = 'application/octet-stream'));

    app.addHook('onRequest', async ({ headers }, reply) => {
      const refused = refuseEncoding(headers['content-encoding']);
      if (refused) await sendResponse(reply, refused);
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    for (const receiver of receivers) addRoute(app, receiver);
  };
}

function addRoute(app: FastifyInstance, { path, receive }: WebhookReceiver): void {
  app.post(path, { bodyLimit: MOST_BYTES }, async ({ headers, body }, reply) => {
    const header = (name: string) => [headers[name] ?? []].flat()[0];
    return sendResponse(reply, await receive({ body: Buffer.isBuffer(body) ? body : Buffer.alloc(0), header }));
  });
}

const sendResponse = (reply: FastifyReply, { status, headers = {}, body }: WebhookResponse): FastifyReply =>
  reply.code(status).headers(headers).send(body);

import type { FastifyInstance, FastifyPluginAsync, RouteOptions } from 'fastify';
import type { JobQueue } from './queue.ts';

/** Methods of the dashboard's routes. */
const METHODS = ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'] as const;

/** Returns BullMQ's dashboard as a plugin for the path. Its code is loaded by the first request: a service starts sooner without. */
export function dashboard(queue: JobQueue, path: string): FastifyPluginAsync {
  let board: Promise<FastifyInstance> | undefined;
  const open = () => (board ??= openBoard(queue, path));
  return async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const method of METHODS) for (const url of ['/', '/*']) app.route(forwardingRoute(method, url, open));
    app.addHook('onClose', async () => {
      const opened = await board;
      await opened?.close();
    });
  };
}

function forwardingRoute(
  method: (typeof METHODS)[number],
  url: string,
  open: () => Promise<FastifyInstance>,
): RouteOptions {
  return {
    method,
    url,
    async handler({ url: asked, headers, body }, reply) {
      const { 'transfer-encoding': _, ...kept } = headers;
      const payload = Buffer.isBuffer(body) ? { payload: body } : {};
      const board = await open();
      const response = await board.inject({ method, url: asked, headers: kept, ...payload });
      return reply.code(response.statusCode).headers(response.headers).send(response.rawPayload);
    },
  };
}

/** The dashboard as a server of its own, which listens nowhere. */
async function openBoard({ bull }: JobQueue, path: string): Promise<FastifyInstance> {
  const { createBullBoard } = await import('@bull-board/api');
  const { BullMQAdapter } = await import('@bull-board/api/bullMQAdapter');
  const { FastifyAdapter } = await import('@bull-board/fastify');
  const { fastify } = await import('fastify');
  const adapter = new FastifyAdapter();
  adapter.setBasePath(path);
  const options = { uiConfig: { boardTitle: 'checkout-sync' } };
  createBullBoard({ queues: [new BullMQAdapter(bull)], serverAdapter: adapter, options });
  const board = fastify({ logger: false });
  await board.register(adapter.registerPlugin(), { prefix: path });
  return board;
}

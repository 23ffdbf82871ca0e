import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import type { FastifyPluginAsync } from 'fastify';
import type { JobQueue } from './queue.ts';

/** Returns BullMQ's dashboard as a plugin for the path. */
export function dashboard({ bull }: JobQueue, path: string): FastifyPluginAsync {
  const server = new FastifyAdapter();
  server.setBasePath(path);
  createBullBoard({
    queues: [new BullMQAdapter(bull)],
    serverAdapter: server,
    options: { uiConfig: { boardTitle: 'checkout-sync' } },
  });
  return async (app) => {
    await app.register(server.registerPlugin());
  };
}

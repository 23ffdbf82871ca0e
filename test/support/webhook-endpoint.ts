import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** A webhook as an endpoint received it, and its body as JSON. */
export interface ReceivedWebhook<Event = PolarEvent> {
  path: string;
  headers: Record<string, string>;
  body: string;
  event: Event;
}

interface PolarEvent {
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
  api_version: string;
}

/** Responds to a webhook; `number` is how many came before it. */
export type Respond = (response: ServerResponse, number: number) => unknown;

export const accept: Respond = (response) => response.writeHead(202).end();
export const refuse: Respond = (response) => response.writeHead(500).end();

/** An endpoint for one test. */
export async function webhookEndpoint<Event = PolarEvent>(respond: Respond = accept) {
  const got: ReceivedWebhook<Event>[] = [];
  const server = createServer((request, response) => {
    void received<Event>(request).then((webhook) => respond(response, got.push(webhook) - 1));
  });
  server.keepAliveTimeout = 600_000;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?of=test`, got, server };
}

async function received<Event>(request: IncomingMessage): Promise<ReceivedWebhook<Event>> {
  const body = await text(request);
  const event: Event = JSON.parse(body);
  return { path: request.url ?? '', headers: request.headers as Record<string, string>, body, event };
}

import type { Api } from './api.ts';
import type { SimulatedSource, StreamDriver, Tamper } from './driver.ts';
import type { Encoding } from './encoding.ts';
import { serveApi } from './serve.ts';
import type { SizeOptions } from './sizes.ts';
import { createWebhookSender, postsOf, type WebhookProtocol } from './webhook-sender.ts';

/** Options of every simulator, each with a default. */
export interface SourceOptions extends SizeOptions {
  /** The same seed, `now` and sizes give the same data to the byte; sources of different seeds share no record. Default 1. */
  seed?: number;
  /** The simulated present, ISO; it then stands still but for a millisecond per edit. Default: real time. */
  now?: string;
  /** The most records per page. Default 100. */
  pageLimit?: number;
  /** Null is no limit. */
  requestsPerMinute?: number | null;
  /** Default 127.0.0.1. */
  host?: string;
  /** Default: a free one. */
  port?: number;
  /** Milliseconds that each response takes. Default 0. */
  latencyMs?: number;
  /** Encodings of responses for clients that accept them, the preferred one first. Default none. */
  encodings?: readonly Encoding[];
}

/** The parts of a source: its API, its webhooks, its streams. */
export interface SourceParts<Message> {
  api: Api;
  /** The request header that names the API version; empty where there is none. */
  versionHeader: string;
  webhooks: WebhookProtocol<Message>;
  /** Environment variables that point checkout-sync at an address. */
  settings: (url: string) => Record<string, string>;
  drivers: Readonly<Record<string, StreamDriver>>;
  tamper: (id: string, json: Tamper | null) => void;
}

/** Serves a simulated API and sends its webhooks until it is closed. */
export async function startSource<Message>(
  { host = '127.0.0.1', port = 0, latencyMs = 0, encodings = [] }: SourceOptions,
  { api, versionHeader, webhooks, settings, drivers, tamper }: SourceParts<Message>,
): Promise<SimulatedSource> {
  const served = await serveApi(api, { host, port, latencyMs, encodings, versionHeader });
  const sender = createWebhookSender(webhooks);
  return {
    url: served.url,
    requests: served.requests,
    settings: settings(served.url),
    streams: drivers,
    tamper,
    intercept: (hook) => void (served.intercept = hook),
    afterRead: (hook) => void (served.afterRead = hook),
    webhooks: (endpoint) => sender.to(endpoint),
    webhooksOf: (edit, secret) => postsOf(webhooks, secret, edit),
    deliveries: sender,
    close: async () => {
      await sender.close();
      await served.close();
    },
  };
}

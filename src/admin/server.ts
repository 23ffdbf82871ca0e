import { randomBytes } from 'node:crypto';
import helmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyReply } from 'fastify';
import type { ServerConfig } from '../config/config.ts';
import { errorCodeOf } from '../model/error-code-of.ts';
import { ConfigError, formatError } from '../model/errors.ts';
import type { Logger } from '../model/log.ts';
import { adminGuard } from './admin.ts';
import type { Metrics } from './metrics.ts';
import { reportRoute, type ReportPages } from './report-pages.ts';
import type { ServiceStatus } from './status.ts';
import { statusPage } from './status-page.ts';

/** The content of the admin server. */
export interface Pages {
  /** Returns the failure of each check by name; undefined for a passed check. */
  readiness: () => Promise<Record<string, string | undefined>>;
  status: () => Promise<ServiceStatus>;
  metrics: Metrics;
  report: ReportPages;
  webhooks: FastifyPluginAsync;
  /** BullMQ's dashboard, mounted at `/queues`. */
  dashboard: FastifyPluginAsync;
}

/** A listening server. */
export interface AdminServer {
  url: string;
  /** Stops accepting requests, and waits for the current ones. */
  close(): Promise<void>;
}

/**
 * Opens the admin server: health and webhooks for everybody, the rest for operators. Throws a ConfigError if the port
 * is taken.
 */
export async function openAdminServer(config: ServerConfig, pages: Pages, log: Logger): Promise<AdminServer> {
  const app = Fastify({
    logger: false,
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    requestTimeout: REQUEST_MS,
    schemaController: { compilersFactory: { buildValidator: withoutSchemas, buildSerializer: withoutSchemas } },
  });
  app.setErrorHandler((error, _request, reply) => answerError(error, reply, log));
  // Responses are current and private: no cache may keep them. The dashboard's own header is replaced.
  app.addHook('onSend', async (_request, reply) => void reply.header('cache-control', 'no-store'));
  await app.register(helmet, { global: true, contentSecurityPolicy: false, hsts: false });
  await app.register(healthRoutes(pages));
  await app.register(pages.webhooks);
  await app.register(operatorRoutes(config, pages));
  const url = await app.listen({ host: config.host, port: config.port }).catch(async (error: unknown) => {
    await app.close();
    throw new ConfigError('CS1215', `cannot listen on HOST ${config.host}, PORT ${config.port}: ${formatError(error)}`);
  });
  const close = async () => {
    const cut = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS);
    await app.close().finally(() => clearTimeout(cut));
  };
  return { url, close };
}

/** Replaces compilers that Fastify would load at each start, although no route here has a schema. */
function withoutSchemas(): never {
  throw new Error('routes of the admin server have no schemas');
}

/** Timeouts for receiving a request, and for the current requests when closing. */
const [REQUEST_MS, CLOSE_MS] = [10_000, 3000];

/** Returns a client's error to the client. Logs an internal error without showing it to strangers. */
function answerError(error: unknown, reply: FastifyReply, log: Logger): FastifyReply {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status < 500) return reply.code(status).send({ error: formatError(error), code: 'CS7103' });
  log.error({ errorCode: errorCodeOf(error) }, `a request to the admin server failed: ${formatError(error)}`);
  return reply.code(500).send({ error: 'internal error; the log says more', code: 'CS7104' });
}

const healthRoutes =
  ({ readiness }: Pages): FastifyPluginAsync =>
  async (app) => {
    app.get('/livez', () => ({ status: 'ok' }));
    app.get('/readyz', async (_request, reply) => {
      const checks = await readiness();
      const isReady = Object.values(checks).every((problem) => problem === undefined);
      const shown = Object.fromEntries(Object.entries(checks).map(([name, problem]) => [name, problem ?? 'ok']));
      return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ok' : 'not ready', ...shown });
    });
  };

const operatorRoutes =
  (config: ServerConfig, { metrics, status, report, dashboard }: Pages): FastifyPluginAsync =>
  async (app: FastifyInstance) => {
    app.addHook('onRequest', adminGuard(config));
    app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
    app.get('/status.json', async (_request, reply) => reply.send(await status()));
    app.get('/', (_request, reply) => {
      const nonce = randomBytes(16).toString('base64');
      return reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', policy(nonce))
        .send(statusPage(nonce));
    });
    await app.register(reportRoute(report));
    await app.register(async (scope) => {
      scope.addHook(
        'onSend',
        async (_request, reply) => void reply.header('content-security-policy', DASHBOARD_POLICY),
      );
      await scope.register(dashboard, { prefix: '/queues' });
    });
  };

/** Allows the dashboard's own scripts and styles, but not its fonts from another host. */
const DASHBOARD_POLICY =
  "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

const policy = (nonce: string) =>
  `default-src 'none'; connect-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

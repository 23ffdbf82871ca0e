import type { FastifyPluginAsync } from 'fastify';
import { hasWaited } from '../database/pool.ts';
import type { Database } from '../database/database.ts';
import { ConfigError } from '../model/errors.ts';

/** A report, and the Content-Security-Policy that it needs. */
interface ReportPage {
  html: string;
  policy: string;
}

/**
 * Returns the report of a month, or of the last whole one if none is named; undefined while too many others are being
 * made.
 */
export type ReportPages = (month: string | undefined) => Promise<ReportPage | undefined>;

/** Time for which a report is shown again before it is made again. */
const KEPT_MS = 600_000;

/** Timeout of a report's queries in milliseconds. */
const LONGEST_REPORT_QUERY_MS = 20_000;

/** Maximum number of months whose reports are kept. */
const MOST_KEPT = 12;

/** Maximum number of reports that are being made or wait for that, one after the other. */
const MOST_UNFINISHED = 4;

/**
 * Creates a function that makes reports at a bounded cost: one is made at a time, in one database session, and shown
 * again for ten minutes. Few wait, and a query ends after 20 seconds.
 */
export function reportPages({ pool }: Pick<Database, 'pool'>, timezone: string, signal: AbortSignal): ReportPages {
  const make = async (month: string | undefined): Promise<ReportPage> => {
    const { makeReport } = await import('../reporting/report/report.ts'); // loaded here, as most services never make one
    const { reportPage, REPORT_POLICY } = await import('../reporting/report/page.ts');
    const report = await makeReport(pool, { timezone, month, timeoutMs: LONGEST_REPORT_QUERY_MS }, signal);
    return { html: await reportPage(report), policy: REPORT_POLICY };
  };
  const kept = new Map<string | undefined, { until: number; page: Promise<ReportPage> }>();
  let last: Promise<unknown> = Promise.resolve();
  let unfinished = 0;
  return (month) => {
    const known = kept.get(month);
    if (known && performance.now() < known.until) return known.page;
    if (unfinished === MOST_UNFINISHED) return Promise.resolve(undefined);
    unfinished += 1;
    const page = last.then(() => make(month)).finally(() => (unfinished -= 1));
    kept.delete(month);
    kept.set(month, { until: performance.now() + KEPT_MS, page });
    const [oldest] = kept.keys();
    if (kept.size > MOST_KEPT) kept.delete(oldest);
    last = page.catch(() => kept.delete(month)); // this caller gets the error; the next one makes it again
    return page;
  };
}

const MONTH = /^\d{4}-\d{2}$/;

/**
 * Adds `GET /report`, with `?month=2026-10`. Responds 400 for a month without a report, and 503 if it takes too long,
 * or while too many others are being made.
 */
export const reportRoute =
  (pages: ReportPages): FastifyPluginAsync =>
  async (app) => {
    app.get<{ Querystring: { month?: unknown } }>('/report', async ({ query: { month } }, reply) => {
      if (month !== undefined && !(typeof month === 'string' && MONTH.test(month)))
        return reply.code(400).send({ error: 'month must be such as 2026-10', code: 'CS7103' });
      try {
        const page = await pages(month);
        if (!page)
          return await reply
            .code(503)
            .header('retry-after', '30')
            .send({ error: 'other reports are being made', code: 'CS6303' });
        return await reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', `${page.policy}; frame-ancestors 'none'`)
          .send(page.html);
      } catch (error) {
        if (error instanceof ConfigError) return reply.code(400).send({ error: error.message, code: error.code });
        if (!hasWaited(error)) throw error;
        const advice = 'npx checkout-sync report gives it a minute per query';
        return reply
          .code(503)
          .send({ error: `a query of the report took more than 20 seconds: ${advice}`, code: 'CS6302' });
      }
    });
  };

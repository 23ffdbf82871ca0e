import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openDrawing, type Drawing } from './charts.ts';
import { headline, isSynced, rowsOfMonth } from './headline.ts';
import { markup, raw, type Markup } from './html.ts';
import { longMonthName } from './month.ts';
import { instantText } from './numerals.ts';
import { sectionOf } from './parts.ts';
import { dayPictures, funnelPicture, hoursPicture, revenuePictures, subscriptionPictures } from './pictures.ts';
import type { MonthReport } from './report.ts';
import {
  abandonedTable,
  answerTables,
  campaignTable,
  countryTable,
  definitions,
  discountTable,
  freshnessTable,
  linkTable,
  productTable,
} from './tables.ts';

const styleSheet = readFileSync(new URL('report.css', import.meta.url), 'utf8');

/** The Content-Security-Policy of a report: it needs its own style sheet, and nothing else. */
export const REPORT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(styleSheet).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** Returns a report as one HTML document without further files and without scripts. */
export async function reportPage(report: MonthReport): Promise<string> {
  const title = `Checkout report, ${longMonthName(report.month)}`;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="content-security-policy" content="${REPORT_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${raw(`<style>${styleSheet}</style>`)}
      </head>
      <body>
        <main>${await sheetsOf(report)}</main>
        <footer>
          <p>
            Made by checkout-sync on ${instantText(report.madeAt, report.timezone)} from the views of schema analytics.
            Amounts of different currencies are never added up; – is not known, or not there.
          </p>
        </footer>
      </body>
    </html> `.markup;
}

/** Returns the sheets, which print on a page each, and the definitions. */
async function sheetsOf(report: MonthReport): Promise<Markup> {
  const draw = await openDrawing();
  const title = markup`<header>
    <p class="kind">Checkout report</p>
    <h1>${longMonthName(report.month)}</h1>
    <p class="state">${stateOf(report)}</p>
  </header>`;
  const further = [
    isSynced(report, 'polar.subscriptions') ? await subscriptionPictures(report, draw) : null,
    report.figures.freshness.length > 0 ? sectionOf('Data', [freshnessTable(report)]) : null,
  ];
  const isEmpty = rowsOfMonth(report.figures.sessions, report.month).length === 0;
  const sheets = isEmpty
    ? markup`<div class="sheet">
        ${title}
        <p class="nothing">${nothingOf(report)}</p>
        ${further}
      </div>`
    : markup`<div class="sheet">${title}${await salesSheet(report, draw)}</div>
        <div class="sheet">${await sessionSections(report, draw)}${further}</div>`;
  return markup`${sheets}${definitions(report)}`;
}

const salesSheet = async (report: MonthReport, draw: Drawing) => [
  headline(report),
  await dayPictures(report, draw),
  await revenuePictures(report, draw),
  sectionOf('What sells, and where', [productTable(report), countryTable(report), discountTable(report)]),
];

const sessionSections = async (report: MonthReport, draw: Drawing) => [
  sectionOf('On the way to payment', [
    await funnelPicture(report, draw),
    await hoursPicture(report, draw),
    abandonedTable(report),
  ]),
  sectionOf('Where sessions come from', [linkTable(report), campaignTable(report), ...answerTables(report)]),
];

/** Says why there are no sessions to report. */
function nothingOf(report: MonthReport): string {
  if (!isSynced(report, 'polar.checkouts'))
    return 'Checkout sessions were not yet read completely: start the service with npx checkout-sync worker, or run npx checkout-sync sync.';
  return `No checkout session was made in ${longMonthName(report.month)}.`;
}

/** Says how current and how final the figures are. */
function stateOf({ isRunning, isFinal, completeUntil, timezone }: MonthReport): string {
  const final = isRunning
    ? 'Not final: the month is not over.'
    : isFinal === false
      ? 'Not final: some of its sessions can still be paid.'
      : '';
  const complete = completeUntil === null ? '' : `Complete until ${instantText(completeUntil, timezone)}.`;
  return [final, complete, `Days and hours in ${timezone}.`].filter((part) => part !== '').join(' ');
}

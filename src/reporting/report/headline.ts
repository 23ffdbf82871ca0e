import type { FigureCell, FigureRow, ReportFigures } from './figures.ts';
import { markup, type Markup } from './html.ts';
import { firstDayOf, longMonthName } from './month.ts';
import { countText, currencyName, moneyText, rateText, UNKNOWN } from './numerals.ts';
import { captionedTable } from './parts.ts';
import type { MonthReport } from './report.ts';

/** True when a stream was read completely in every account that has it. */
export function isSynced({ figures }: MonthReport, stream: string): boolean {
  const rows = figures.freshness.filter((row) => row.stream === stream);
  return rows.length > 0 && rows.every(({ complete_until: until }) => until !== null);
}

/** Returns the rows of a month. */
export const rowsOfMonth = (rows: readonly FigureRow[], month: string): FigureRow[] =>
  rows.filter((row) => row.month === firstDayOf(month));

/** A headline figure: a number, and what to compare it with. */
interface Tile {
  label: string;
  value: string;
  note: Markup;
}

/** Returns the headline figures, compared with the month before: counts, and a table of amounts with a row for each currency. */
export function headline(report: MonthReport): Markup {
  const tiles = [...sessionTiles(report), ...customerTiles(report)].map(
    ({ label, value, note }) =>
      markup`<div>
        <dt>${label}</dt>
        <dd>${value}</dd>
        <dd class="note">${note}</dd>
      </div>`,
  );
  return markup`<dl class="tiles">${tiles}</dl>
    ${amountTable(report)}`;
}

function sessionTiles(report: MonthReport): Tile[] {
  const [now] = rowsOfMonth(report.figures.sessions, report.month);
  const [before] = rowsOfMonth(report.figures.sessions, report.previousMonth);
  return [
    {
      label: 'Sessions opened',
      value: countText(now?.opened),
      note: comparisonWith(report, now?.opened, before?.opened),
    },
    { label: 'Paid', value: countText(now?.paid), note: comparisonWith(report, now?.paid, before?.paid) },
    {
      label: 'Conversion of settled',
      value: rateText(now?.conversion),
      note: pointsOf(report, now?.conversion, before?.conversion),
    },
  ];
}

function customerTiles(report: MonthReport): Tile[] {
  const { month, previousMonth, figures } = report;
  const [sold, soldBefore] = [rowsOfMonth(figures.revenue, month), rowsOfMonth(figures.revenue, previousMonth)];
  const abandoned = rowsOfMonth(figures.abandoned, month);
  const newCustomers = sumOf(sold, 'new_customers');
  const tiles: Tile[] = [
    {
      label: 'New customers',
      value: countText(newCustomers),
      note: markup`${comparisonWith(report, newCustomers, sumOf(soldBefore, 'new_customers'))};
      ${countText(sumOf(sold, 'returning_customers'))} sales to returning ones`,
    },
    {
      label: 'Recovered',
      value: countText(sumOf(abandoned, 'recovered')),
      note: markup`of ${countText(sumOf(abandoned, 'abandoned'))} abandoned sessions`,
    },
  ];
  const [churn] = rowsOfMonth(figures.churn, month);
  if (!churn || !isSynced(report, 'polar.subscriptions')) return tiles;
  const [ended, began] = [countText(churn.churned_subscriptions), countText(churn.new_subscriptions)];
  const note = markup`of subscriptions; ${ended} ended, ${began} began`;
  return [...tiles, { label: 'Churn', value: rateText(churn.churn_rate), note }];
}

const sumOf = (rows: readonly FigureRow[], column: string) =>
  rows.reduce((sum, row) => sum + (Number(row[column]) || 0), 0);

/** A column of the table of amounts, of a figure that has a row for each month and currency. */
interface AmountColumn {
  head: string;
  rows: readonly FigureRow[];
  column: string;
}

function amountColumns(report: MonthReport): AmountColumn[] {
  const { figures } = report;
  const optional = (stream: string, column: AmountColumn) => (isSynced(report, stream) ? [column] : []);
  return [
    { head: 'Net sales', rows: figures.revenue, column: 'net_amount' },
    ...optional('polar.orders', { head: 'Orders, with renewals', rows: figures.orders, column: 'net_amount' }),
    ...optional('polar.subscriptions', { head: 'Monthly recurring', rows: figures.mrr, column: 'mrr_amount' }),
    ...optional('polar.refunds', { head: 'Refunded', rows: figures.refunds, column: 'amount' }),
    { head: 'Abandoned', rows: figures.abandoned, column: 'total_amount' },
  ];
}

/** Returns the currencies with amounts in the month: that with most sales first, then those that were only abandoned, refunded, … */
function currenciesOf({ month, figures }: MonthReport): FigureCell[] {
  const { revenue, orders, mrr, refunds, abandoned }: ReportFigures = figures;
  const all = [revenue, orders, mrr, refunds, abandoned].flatMap((rows: readonly FigureRow[]) =>
    rowsOfMonth(rows, month),
  );
  return [...new Set(all.map(({ currency }) => currency))];
}

function amountTable(report: MonthReport): Markup | null {
  const currencies = currenciesOf(report);
  if (currencies.length === 0) return null;
  const columns = amountColumns(report);
  const rows = currencies.map(
    (currency) =>
      markup`<tr>
        <th scope="row">${currencyName(currency)}</th>
        ${columns.map((column) => amountCell(report, column, currency))}
      </tr>`,
  );
  const heads = [markup`<span class="hidden">Currency</span>`, ...columns.map(({ head }) => head)];
  return captionedTable({ caption: `Amounts of ${longMonthName(report.month)} by currency`, heads, rows }, 'amounts');
}

function amountCell(report: MonthReport, { head, rows, column }: AmountColumn, currency: FigureCell): Markup {
  const of = (month: string): FigureRow | undefined =>
    rowsOfMonth(rows, month).find((row) => row.currency === currency);
  const [now, before] = [of(report.month), of(report.previousMonth)];
  const text = moneyText({ amount: now?.[column], currency, digits: now?.minor_digits });
  const change = arrowOf(report, numeric(now?.[column]), numeric(before?.[column]));
  const gap = report.isRunning ? null : markup`<span class="change"></span>`; // so that amounts stand below each other
  return markup`<td data-head="${head}">
    ${text} ${change ?? gap}
  </td>`;
}

const numeric = (value: FigureCell) => (typeof value === 'string' ? Number(value) : value);

const beforeName = ({ previousMonth }: MonthReport) => longMonthName(previousMonth).split(' ')[0] ?? UNKNOWN;

/** Returns the change from the month before, with what it was then. */
function comparisonWith(report: MonthReport, now: FigureCell, before: FigureCell): Markup {
  const was =
    typeof before === 'number' ? `${countText(before)} in ${beforeName(report)}` : `none in ${beforeName(report)}`;
  if (now === before) return markup`as in ${beforeName(report)}`;
  const change = arrowOf(report, now, before);
  return change ? markup`${change} from ${was}` : markup`${was}`;
}

/** Returns nothing for a running month, which cannot be compared with a whole one. */
function arrowOf({ isRunning }: MonthReport, now: FigureCell, before: FigureCell): Markup | null {
  if (isRunning || typeof now !== 'number' || typeof before !== 'number' || before === 0) return null;
  const factor = now / before;
  return arrow(factor - 1, factor < 10 ? `${Math.round(100 * Math.abs(factor - 1))}%` : `${Math.round(factor)}×`);
}

function pointsOf(report: MonthReport, now: FigureCell, before: FigureCell): Markup {
  if (typeof before !== 'number') return markup`paid, of the sessions that ended`;
  const was = `${rateText(before)} in ${beforeName(report)}`;
  if (report.isRunning || typeof now !== 'number') return markup`${was}`;
  return markup`${arrow(now - before, `${(100 * Math.abs(now - before)).toFixed(1)} points`)} from ${was}`;
}

function arrow(change: number, text: string): Markup {
  if (change === 0) return markup`<span class="change">=</span>`;
  const [sign, word] = change < 0 ? ['▼', 'down'] : ['▲', 'up'];
  return markup`<span class="change"
    ><span aria-hidden="true">${sign}</span><span class="hidden">${word} </span> ${text}</span
  >`;
}

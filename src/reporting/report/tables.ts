import { figureSql, type FigureRow } from './figures.ts';
import { isSynced, rowsOfMonth } from './headline.ts';
import { markup, type Markup } from './html.ts';
import { longMonthName } from './month.ts';
import { countryName, countText, currencyName, instantText, moneyText, rateText, UNKNOWN } from './numerals.ts';
import { barTable, figureOf, wideTable, type TableColumn } from './parts.ts';
import type { MonthReport } from './report.ts';

const numberColumn = (head: string, column: string): TableColumn => ({ head, cell: (row) => countText(row[column]) });
const rateColumn = (head: string, column: string): TableColumn => ({ head, cell: (row) => rateText(row[column]) });
const moneyColumn = (head: string, column: string): TableColumn => ({
  head,
  cell: (row) => moneyText({ amount: row[column], currency: row.currency, digits: row.minor_digits }),
});
const textColumn = (head: string, column: string, otherwise: string): TableColumn => ({
  head,
  cell: (row) => String(row[column] ?? otherwise),
});

const length = (column: string) => (row: FigureRow) => Number(row[column]) || 0;

/** Isolates a name that is written from right to left from the text around it. */
const isolated = (name: string | Markup) => markup`<bdi>${name}</bdi>`;

/** Returns the column that names rows; where rows have several currencies, the name says which. */
function nameColumn(
  head: string,
  rows: readonly FigureRow[],
  nameOf: (row: FigureRow) => string | Markup,
): TableColumn {
  const isMixed = new Set(rows.map(({ currency }) => currency)).size > 1;
  const currency = (row: FigureRow) => (isMixed ? ` · ${currencyName(row.currency)}` : null);
  return { head, cell: (row) => markup`${isolated(nameOf(row))}${currency(row)}` };
}

/** Returns the table of products. */
export function productTable(report: MonthReport): Markup {
  const rows = report.figures.products;
  const name = nameColumn('Product', rows, (row) =>
    String(row.product_name ?? (row.product_id === null ? 'No product chosen' : 'Not stored')),
  );
  const columns = [moneyColumn('Net', 'net_amount'), numberColumn('Sales', 'sales'), rateColumn('Conv.', 'conversion')];
  const body = barTable({ caption: 'Products by sales', rows, name, columns, length: length('sales') });
  return figureOf(report, {
    name: 'products',
    title: 'Products',
    note: 'The ten with most sales; conversion of the sessions made in the month',
    body,
  });
}

/** Returns the table of countries. */
export function countryTable(report: MonthReport): Markup {
  const rows = report.figures.countries;
  const name: TableColumn = { head: 'Country', cell: (row) => countryName(row.country) };
  const columns = [numberColumn('Paid', 'paid'), numberColumn('Opened', 'opened'), rateColumn('Conv.', 'conversion')];
  const body = barTable({ caption: 'Countries by paid sessions', rows, name, columns, length: length('paid') });
  return figureOf(report, { name: 'countries', title: 'Countries', note: 'As typed, or else by IP address', body });
}

/** Returns the table of campaigns, or a sentence on how to have them. */
export function campaignTable(report: MonthReport): Markup {
  const rows = report.figures.campaigns;
  const name = nameColumn('Campaign', rows, (row) => {
    const parts = [row.utm_source, row.utm_campaign].filter((part) => part !== null);
    return markup`${parts.map((part, at) => [at > 0 ? ' · ' : null, isolated(String(part))])}`;
  });
  const columns = [moneyColumn('Net', 'net_amount'), numberColumn('Paid', 'paid'), rateColumn('Conv.', 'conversion')];
  const body =
    rows.length > 0
      ? barTable({ caption: 'Campaigns by paid sessions', rows, name, columns, length: length('paid') })
      : markup`<p class="none">No session of the month came with utm_source or utm_campaign.</p>`;
  return figureOf(report, {
    name: 'campaigns',
    title: 'Campaigns',
    note: 'By utm_source and utm_campaign, as links and visits carry them',
    body,
  });
}

/** Returns the table of discounts. */
export function discountTable(report: MonthReport): Markup {
  const rows = report.figures.discounts;
  const name = nameColumn('Discount', rows, (row) =>
    String(row.discount_name ?? (row.discount_id === null ? 'No discount' : 'Not stored')),
  );
  const columns = [
    moneyColumn('Given', 'discount_given'),
    numberColumn('Paid', 'paid'),
    rateColumn('Conv.', 'conversion'),
  ];
  const body = barTable({ caption: 'Discounts by sessions', rows, name, columns, length: length('opened') });
  return figureOf(report, {
    name: 'discounts',
    title: 'Discounts',
    note: 'What they took off paid sessions, and how sessions with them convert',
    body,
  });
}

/** Returns the table of checkout links. */
export function linkTable(report: MonthReport): Markup {
  const rows = report.figures.links;
  const name = nameColumn('Link', rows, (row) => {
    if (row.link_id !== null) return String(row.label ?? 'Without a label');
    return row.link_match === 'ambiguous' ? 'One of several links' : 'No link known';
  });
  const columns = [moneyColumn('Net', 'net_amount'), numberColumn('Paid', 'paid'), rateColumn('Conv.', 'conversion')];
  const body = barTable({ caption: 'Links by paid sessions', rows, name, columns, length: length('paid') });
  return figureOf(report, {
    name: 'links',
    title: 'Checkout links',
    note: 'Known by the metadata that a link gives its sessions',
    body,
  });
}

/** Returns the table of abandoned sessions, by currency. */
export function abandonedTable(report: MonthReport): Markup {
  const { month, figures } = report;
  const rows = rowsOfMonth(figures.abandoned, month);
  const name: TableColumn = { head: 'Currency', cell: (row) => currencyName(row.currency) };
  const columns = [
    numberColumn('Abandoned', 'abandoned'),
    moneyColumn('Value', 'total_amount'),
    numberColumn('Recovered', 'recovered'),
  ];
  const body =
    rows.length > 0
      ? barTable({ caption: 'Abandoned sessions by currency', rows, name, columns, length: length('abandoned') })
      : markup`<p class="none">No session of ${longMonthName(month)} was abandoned.</p>`;
  return figureOf(report, {
    name: 'abandoned',
    title: 'Abandoned and recovered',
    note: 'Recovered: another session of the customer succeeded within 7 days',
    body,
  });
}

/** Returns the table of answers to custom fields, if there are any. */
export function answerTables(report: MonthReport): Markup[] {
  const rows = report.figures.answers;
  if (rows.length === 0) return [];
  const name: TableColumn = {
    head: 'Answer',
    cell: (row) => markup`${isolated(String(row.name ?? row.slug))}: ${isolated(answerText(row.answer))}`,
  };
  const columns = [numberColumn('Sessions', 'sessions'), numberColumn('Paid', 'paid')];
  const body = barTable({ caption: 'Answers by sessions', rows, name, columns, length: length('sessions') });
  return [
    figureOf(report, {
      name: 'answers',
      title: 'Custom fields',
      note: 'The most frequent answers; free text is not shown',
      body,
    }),
  ];
}

const answerText = (answer: FigureRow[string] | undefined) =>
  ({ true: 'yes', false: 'no' })[String(answer)] ?? String(answer ?? UNKNOWN);

/** Returns the table of the freshness of each stream. */
export function freshnessTable(report: MonthReport): Markup {
  const { figures, timezone } = report;
  const rows = figures.freshness;
  const hasAccounts = new Set(rows.map(({ account }) => account)).size > 1;
  const instant = (head: string, column: string): TableColumn => ({
    head,
    cell: (row) => instantText(row[column], timezone),
  });
  const columns = [
    ...(hasAccounts ? [textColumn('Account', 'account', UNKNOWN)] : []),
    instant('Complete until', 'complete_until'),
    instant('History since', 'history_since'),
    numberColumn('Rejected', 'rejected'),
  ];
  const body = rows.map(
    (row) =>
      markup`<tr>
        <th scope="row">${String(row.stream)}</th>
        ${columns.map(({ cell }) => markup`<td>${cell(row)}</td>`)}
      </tr>`,
  );
  const heads = ['Stream', ...columns.map(({ head }) => head)];
  return figureOf(report, {
    name: 'freshness',
    title: 'Freshness',
    note: isSynced(report, 'polar.checkouts')
      ? 'What was stored when the report was made'
      : 'Checkout sessions were not yet read completely',
    body: wideTable({ caption: 'Freshness of each stream', heads, rows: body }),
  });
}

/** Returns the definitions of the words that reports use. */
export function definitions(report: MonthReport): Markup {
  const items = report.figures.metrics.map(
    (row) =>
      markup`<div>
        <dt>${String(row.metric)}</dt>
        <dd>${String(row.definition)} <code>${String(row.formula)} of analytics.${String(row.view)}</code></dd>
      </div>`,
  );
  return markup`<section class="definitions">
    <h2>Definitions</h2>
    <dl>${items}</dl>
    <details>
      <summary>SQL</summary>
      <pre>${figureSql('metrics', report)}</pre>
    </details>
  </section>`;
}

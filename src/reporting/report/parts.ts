import { figureSql, type FigureName, type FigureRow } from './figures.ts';
import { markup, type Markup } from './html.ts';
import { UNKNOWN } from './numerals.ts';
import type { MonthReport } from './report.ts';

/** One picture or table of a report, with the name of its SQL. */
interface Figure {
  name: FigureName;
  title: string;
  /** A sentence that explains it. */
  note: string;
  body: Markup;
}

/** Returns a figure with the SQL that made it, folded; below a picture also the rows that the SQL returned. */
export function figureOf(report: MonthReport, { name, title, note, body }: Figure): Markup {
  const isPicture = body.markup.startsWith('<svg');
  return markup`<figure>
    <figcaption>
      <h3>${title}</h3>
      <p>${note}</p>
    </figcaption>
    ${body}
    <details>
      <summary>${isPicture ? 'Numbers and SQL' : 'SQL'}</summary>
      ${isPicture ? rowsTable(title, report.figures[name]) : null}
      <pre>${figureSql(name, report)}</pre>
    </details>
  </figure>`;
}

/** A table: its caption, the heads of its columns, and its rows. */
interface CaptionedTable {
  caption: string;
  heads: readonly (string | Markup)[];
  rows: readonly Markup[];
}

/** Returns a table; `kind` is its class. */
export const captionedTable = ({ caption, heads, rows }: CaptionedTable, kind = ''): Markup =>
  markup`<table class="${kind}">
    <caption>${caption}</caption>
    <thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${rows}</tbody>
  </table>`;

/** Returns a wide table, in a box of its own that scrolls. */
export const wideTable = (table: CaptionedTable): Markup =>
  markup`<div class="scroll" tabindex="0" role="region" aria-label="${table.caption}">${captionedTable(table)}</div>`;

function rowsTable(title: string, rows: readonly FigureRow[]): Markup {
  const heads = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => heads.map((column) => markup`<td>${String(row[column] ?? UNKNOWN)}</td>`));
  return wideTable({ caption: `${title}: numbers`, heads, rows: cells.map((row) => markup`<tr>${row}</tr>`) });
}

/** A column of a table; the first one names the row. */
export interface TableColumn {
  head: string;
  cell: (row: FigureRow) => string | Markup;
}

/** A table whose rows have a bar each. */
interface BarTable {
  caption: string;
  rows: readonly FigureRow[];
  name: TableColumn;
  columns: readonly TableColumn[];
  /** The length of a row's bar, in any unit. */
  length: (row: FigureRow) => number;
}

/** Returns a table with a thin bar below the name of each row. */
export function barTable({ caption, rows, name, columns, length }: BarTable): Markup {
  const longest = Math.max(1e-9, ...rows.map(length));
  const bar = (row: FigureRow) => {
    const share = (100 * Math.max(0, length(row))) / longest;
    return markup`<svg class="bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
      <rect width="${share.toFixed(1)}" height="3" />
    </svg>`;
  };
  const body = rows.map(
    (row) =>
      markup`<tr>
        <th scope="row"><span class="name">${name.cell(row)}</span>${bar(row)}</th>
        ${columns.map(({ cell }) => markup`<td>${cell(row)}</td>`)}
      </tr>`,
  );
  return captionedTable({ caption, heads: [name, ...columns].map(({ head }) => head), rows: body });
}

/** Returns a section of a report: its figures, or a sentence where there are none. */
export function sectionOf(title: string, figures: readonly Markup[], otherwise = ''): Markup {
  const body =
    figures.length > 0 ? markup`<div class="figures">${figures}</div>` : markup`<p class="none">${otherwise}</p>`;
  return markup`<section>
    <h2>${title}</h2>
    ${body}
  </section>`;
}

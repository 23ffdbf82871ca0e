import type { Axis, Config, Mark, Scale, Spec } from 'vega';
import { raw, type Markup } from './html.ts';

/** Description of a picture in words, for people who do not see it. */
interface PictureText {
  title: string;
  description: string;
}

/** A bar of a column chart; null where the value is not known. */
export interface Column {
  label: string;
  value: number | null;
}

/** Columns over an axis of labels. */
export interface ColumnChart extends PictureText {
  columns: readonly Column[];
  /** Labels that stand on the axis; all where there is room for them. */
  shownLabels?: readonly string[];
  /** Colour, as a variable of the style sheet. */
  color: string;
  /** Format of the values' axis, as d3-format has it. */
  format?: string;
}

/** A cell of a grid; its share, from 0 to 1, is its shade. */
export interface GridCell {
  row: string;
  column: string;
  share: number;
  text?: string;
}

/** A grid of shaded cells. */
export interface GridChart extends PictureText {
  rows: readonly string[];
  columns: readonly string[];
  shownColumns?: readonly string[];
  cells: readonly GridCell[];
}

/** Width of every picture, so that letters have one size on the page. */
const WIDTH = 340;

const FONT = 'inherit';

/** Colours are variables of the style sheet: pictures follow the scheme of the page, and print in ink. */
const CONFIG: Config = {
  text: { font: FONT, fontSize: 11, fill: 'var(--ink)' },
  axis: {
    domain: false,
    ticks: false,
    labelFont: FONT,
    labelFontSize: 11,
    labelColor: 'var(--soft)',
    labelPadding: 6,
    gridColor: 'var(--line)',
  },
};

/** Creates the functions that draw; it loads the library, which takes a tenth of a second. */
export async function openDrawing() {
  const { parse, View, Warn } = await import('vega');
  let drawn = 0;
  const draw = async (spec: Spec, { title, description }: PictureText): Promise<Markup> => {
    const svg = await new View(parse({ ...spec, width: WIDTH, config: CONFIG }), {
      renderer: 'none',
      logLevel: Warn,
    }).toSVG();
    drawn += 1;
    return namePicture(svg, `picture-${drawn}`, { title, description });
  };
  return {
    columns: (chart: ColumnChart) => draw(columnSpec(chart), chart),
    bars: (chart: ColumnChart) => draw(barSpec(chart), chart),
    grid: (chart: GridChart) => draw(gridSpec(chart), chart),
  };
}

/** The functions that draw. */
export type Drawing = Awaited<ReturnType<typeof openDrawing>>;

/** Gives a picture its name and description, and lets it grow with the page. */
function namePicture(svg: string, id: string, { title, description }: PictureText): Markup {
  const [opening = '', width = '', height = ''] = /^<svg [^>]*width="([\d.]+)" height="([\d.]+)"[^>]*>/.exec(svg) ?? [];
  const text = (words: string) => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-description">`;
  const names = `<title id="${id}-title">${text(title)}</title><desc id="${id}-description">${text(description)}</desc>`;
  // It is one image for readers of the screen: what the library says of its parts would be noise.
  const drawing = svg.slice(opening.length).replaceAll(/ (?:role|aria-[a-z]+|pointer-events)="[^"]*"/g, '');
  return raw(`${head}${names}${drawing}`);
}

const fit = (height: number): Spec => ({
  height,
  padding: { left: 0, right: 2, top: 6, bottom: 2 },
  autosize: { type: 'fit', contains: 'padding' },
});

function columnSpec({ columns, shownLabels, color, format = '~s' }: ColumnChart): Spec {
  const most = Math.max(1e-9, ...columns.map(({ value }) => value ?? 0));
  return {
    ...fit(140),
    data: [{ name: 'columns', values: columns.filter(({ value }) => value !== null) }],
    scales: [
      {
        name: 'x',
        type: 'band',
        domain: columns.map(({ label }) => label),
        range: 'width',
        paddingInner: 0.28,
        paddingOuter: 0.1,
      },
      { name: 'y', type: 'linear', domain: [0, most], range: 'height', nice: 3 },
    ] satisfies Scale[],
    axes: [
      {
        orient: 'left',
        scale: 'y',
        tickCount: 3,
        grid: true,
        tickMinStep: format === 'd' ? 1 : 0,
        encode: { labels: { update: { text: { signal: `format(datum.value, '${format}')` } } } },
      },
      { orient: 'bottom', scale: 'x', ...(shownLabels && { values: [...shownLabels] }), labelOverlap: true },
    ] satisfies Axis[],
    marks: [
      {
        type: 'rect',
        from: { data: 'columns' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'label' },
            width: { scale: 'x', band: 1 },
            y: { scale: 'y', field: 'value' },
            y2: { scale: 'y', value: 0 },
            cornerRadiusTopLeft: { value: 1.5 },
            cornerRadiusTopRight: { value: 1.5 },
            fill: { value: color },
          },
        },
      },
    ] satisfies Mark[],
  };
}

function barSpec({ columns, color }: ColumnChart): Spec {
  const rows = columns.map(({ label, value }) => ({
    label,
    value: value ?? 0,
    text: value === null ? '–' : value.toLocaleString('en'),
  }));
  const step = 30;
  return {
    ...fit(rows.length * step),
    data: [{ name: 'bars', values: rows }],
    scales: [
      { name: 'y', type: 'band', domain: rows.map(({ label }) => label), range: 'height', paddingInner: 0.25 },
      {
        name: 'x',
        type: 'linear',
        domain: [0, Math.max(1, ...rows.map(({ value }) => value))],
        range: [0, { signal: 'width - 40' }],
      },
    ],
    axes: [{ orient: 'left', scale: 'y', labelColor: 'var(--ink)' }],
    marks: [
      {
        type: 'rect',
        from: { data: 'bars' },
        encode: {
          enter: {
            y: { scale: 'y', field: 'label' },
            height: { scale: 'y', band: 1 },
            x: { value: 0 },
            x2: { scale: 'x', field: 'value' },
            cornerRadius: { value: 1.5 },
            fill: { value: color },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'bars' },
        encode: {
          enter: {
            y: { scale: 'y', field: 'label', band: 0.5 },
            x: { scale: 'x', field: 'value', offset: 6 },
            baseline: { value: 'middle' },
            text: { field: 'text' },
          },
        },
      },
    ],
  };
}

function gridSpec({ rows, columns, shownColumns, cells }: GridChart): Spec {
  const step = columns.length > 12 ? 18 : 22;
  return {
    ...fit(rows.length * step + 24),
    data: [
      { name: 'cells', values: [...cells] },
      { name: 'texts', values: cells.filter(({ text }) => text !== undefined) },
    ],
    scales: [
      { name: 'x', type: 'band', domain: [...columns], range: 'width', padding: 0.06 },
      { name: 'y', type: 'band', domain: [...rows], range: 'height', padding: 0.06 },
      { name: 'shade', type: 'linear', domain: [0, 1], range: [0.1, 1] },
    ],
    axes: [
      { orient: 'left', scale: 'y' },
      { orient: 'bottom', scale: 'x', ...(shownColumns && { values: [...shownColumns] }) },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'cells' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'column' },
            width: { scale: 'x', band: 1 },
            y: { scale: 'y', field: 'row' },
            height: { scale: 'y', band: 1 },
            cornerRadius: { value: 1.5 },
            fill: { value: 'var(--main)' },
            fillOpacity: { scale: 'shade', field: 'share' },
          },
        },
      },
      {
        type: 'text',
        from: { data: 'texts' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'column', band: 0.5 },
            y: { scale: 'y', field: 'row', band: 0.5 },
            align: { value: 'center' },
            baseline: { value: 'middle' },
            fontSize: { value: 10 },
            fill: [{ test: 'datum.share > 0.7', value: 'var(--paper)' }, { value: 'var(--ink)' }],
            text: { field: 'text' },
          },
        },
      },
    ],
  };
}

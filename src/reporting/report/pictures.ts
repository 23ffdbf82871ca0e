import type { Drawing, GridCell } from './charts.ts';
import type { FigureRow } from './figures.ts';
import { rowsOfMonth } from './headline.ts';
import type { Markup } from './html.ts';
import { addMonths, daysInMonth, longMonthName, monthsBetween, shortMonthName } from './month.ts';
import { countText, currencyName, magnitude, rateText } from './numerals.ts';
import { figureOf, sectionOf } from './parts.ts';
import type { MonthReport } from './report.ts';

/** Currencies with a picture of their own; the amounts of all are among the headline figures. */
const MOST_CURRENCIES = 3;

const dayLabel = (day: string) => String(Number(day.slice(8)));
const SHOWN_DAYS = ['1', '8', '15', '22', '29'];

/** Days of the month that have begun. */
const pastDays = ({ month, madeAt }: MonthReport) => {
  const days = daysInMonth(month);
  const past = days.filter((day) => day <= madeAt.slice(0, 10));
  return past.length > 0 ? past : days;
};

/** Returns the pictures of sessions by day. */
export async function dayPictures(report: MonthReport, draw: Drawing): Promise<Markup> {
  const byDay = new Map(report.figures.days.map((row) => [row.day, row]));
  const past = new Set(pastDays(report));
  const picture = async (column: 'opened' | 'paid' | 'abandoned', title: string, color: string, note: string) => {
    const columns = daysInMonth(report.month).map((day) => ({
      label: dayLabel(day),
      value: past.has(day) ? Number(byDay.get(day)?.[column] ?? 0) : null,
    }));
    const total = columns.reduce((sum, { value }) => sum + (value ?? 0), 0);
    const description = `${countText(total)} in ${longMonthName(report.month)}, by the day when the session was made`;
    const body = await draw.columns({
      title,
      description,
      columns,
      shownLabels: SHOWN_DAYS,
      color: `var(--${color})`,
      format: 'd',
    });
    return figureOf(report, { name: 'days', title, note, body });
  };
  const figures = [
    await picture('opened', 'Opened each day', 'quiet', 'Sessions made, whoever made them'),
    await picture('paid', 'Paid', 'main', 'Sessions of that day that were paid'),
    await picture('abandoned', 'Abandoned', 'warm', 'A customer had begun, and did not pay'),
  ];
  return sectionOf('Day by day', figures);
}

/** Returns the pictures of net sales by day, one for each currency. */
export async function revenuePictures(report: MonthReport, draw: Drawing): Promise<Markup> {
  const past = new Set(pastDays(report));
  const figures: Markup[] = [];
  for (const { currency } of rowsOfMonth(report.figures.revenue, report.month).slice(0, MOST_CURRENCIES)) {
    const rows = report.figures.revenue_days.filter((row) => row.currency === currency);
    const byDay = new Map(
      rows.map((row) => [row.day, magnitude({ amount: row.net_amount, currency, digits: row.minor_digits })]),
    );
    const columns = daysInMonth(report.month).map((day) => ({
      label: dayLabel(day),
      value: past.has(day) ? (byDay.get(day) ?? 0) : null,
    }));
    const title = `Net sales in ${currencyName(currency)}`;
    const body = await draw.columns({
      title,
      description: `By the day of payment, in ${longMonthName(report.month)}`,
      columns,
      shownLabels: SHOWN_DAYS,
      color: 'var(--main)',
    });
    figures.push(
      figureOf(report, {
        name: 'revenue_days',
        title,
        note: 'By the day of payment, after discounts, without tax',
        body,
      }),
    );
  }
  return sectionOf('Sales', figures, `Nothing was paid in ${longMonthName(report.month)}.`);
}

const STEPS = [
  ['opened', 'Made'],
  ['viewed', 'Viewed'],
  ['identified', 'Named'],
  ['attempted', 'Tried to pay'],
  ['paid', 'Paid'],
] as const;

/** Returns the picture of the steps that sessions reached. */
export async function funnelPicture(report: MonthReport, draw: Drawing): Promise<Markup> {
  const [row] = rowsOfMonth(report.figures.sessions, report.month);
  const columns = STEPS.map(([column, label]) => ({
    label,
    value: typeof row?.[column] === 'number' ? row[column] : null,
  }));
  const title = 'From session to payment';
  const description = columns.map(({ label, value }) => `${label}: ${countText(value)}`).join('. ');
  const unknown = columns.some(({ value }) => value === null) ? '; – is not known, as the history began later' : '';
  const body = await draw.bars({ title, description, columns, color: 'var(--main)' });
  return figureOf(report, {
    name: 'sessions',
    title,
    note: `How far sessions came; named: with an e-mail address or street${unknown}`,
    body,
  });
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour));

/** Returns the picture of the hours of the week in which paid sessions began. */
export async function hoursPicture(report: MonthReport, draw: Drawing): Promise<Markup> {
  const { hours } = report.figures;
  const most = Math.max(1, ...hours.map(({ paid }) => Number(paid)));
  const counted = new Map(hours.map(({ weekday, hour, paid }) => [`${String(weekday)} ${String(hour)}`, Number(paid)]));
  const cells = WEEKDAYS.flatMap((row, index) =>
    HOURS.map((column) => ({ row, column, share: (counted.get(`${index + 1} ${column}`) ?? 0) / most })),
  );
  const title = 'When paid sessions begin';
  const best = hours.toSorted((a, b) => Number(b.paid) - Number(a.paid))[0];
  const description = best
    ? `most on ${WEEKDAYS[Number(best.weekday) - 1]} from ${String(best.hour)}:00 (${countText(best.paid)})`
    : 'none';
  const body = await draw.grid({
    title,
    description,
    rows: WEEKDAYS,
    columns: HOURS,
    shownColumns: ['0', '6', '12', '18', '23'],
    cells,
  });
  return figureOf(report, { name: 'hours', title, note: `By weekday and hour; ${description}`, body });
}

/** Returns the pictures of recurring revenue, of what began and ended, and of customers who come back. */
export async function subscriptionPictures(report: MonthReport, draw: Drawing): Promise<Markup> {
  const figures = [
    ...(await mrrPictures(report, draw)),
    ...(await churnPictures(report, draw)),
    ...(await cohortPictures(report, draw)),
  ];
  return sectionOf(
    'Subscriptions and customers',
    figures,
    `No subscription had begun by the end of ${longMonthName(report.month)}.`,
  );
}

const lastYear = ({ month }: MonthReport) => monthsBetween(addMonths(month, -11), month);

async function mrrPictures(report: MonthReport, draw: Drawing): Promise<Markup[]> {
  const figures: Markup[] = [];
  for (const { currency } of rowsOfMonth(report.figures.mrr, report.month).slice(0, MOST_CURRENCIES)) {
    const rows = report.figures.mrr.filter((row) => row.currency === currency);
    const byMonth = new Map(
      rows.map((row) => [row.month, magnitude({ amount: row.mrr_amount, currency, digits: row.minor_digits })]),
    );
    const columns = lastYear(report).map((month) => ({
      label: shortMonthName(month),
      value: byMonth.get(`${month}-01`) ?? null,
    }));
    const title = `Monthly recurring revenue in ${currencyName(currency)}`;
    const body = await draw.columns({
      title,
      description: `In the twelve months up to ${longMonthName(report.month)}`,
      columns,
      color: 'var(--main)',
    });
    figures.push(
      figureOf(report, {
        name: 'mrr',
        title,
        note: 'Of the subscriptions active in each month, at today’s amounts',
        body,
      }),
    );
  }
  return figures;
}

async function churnPictures(report: MonthReport, draw: Drawing): Promise<Markup[]> {
  const byMonth = new Map(report.figures.churn.map((row) => [row.month, row]));
  if (byMonth.size === 0) return [];
  const columns = lastYear(report).map((month) => {
    const rate = byMonth.get(`${month}-01`)?.churn_rate;
    return { label: shortMonthName(month), value: typeof rate === 'number' ? rate : null };
  });
  const last = byMonth.get(`${report.month}-01`)?.churn_rate;
  const description = `${rateText(last)} in ${longMonthName(report.month)}`;
  const body = await draw.columns({ title: 'Churn', description, columns, color: 'var(--warm)', format: '.0%' });
  return [
    figureOf(report, {
      name: 'churn',
      title: 'Churn',
      note: 'Of the subscriptions active when the month began, the part that ended in it',
      body,
    }),
  ];
}

/** Returns the picture of the currency with most customers: cohorts of different currencies consist of different customers. */
async function cohortPictures(report: MonthReport, draw: Drawing): Promise<Markup[]> {
  const firsts = report.figures.cohorts.filter(({ months_later: later }) => later === 0);
  const sizes = Map.groupBy(firsts, ({ currency }) => currency);
  const customers = (rows: readonly FigureRow[]) => rows.reduce((sum, row) => sum + Number(row.customers), 0);
  const [largest] = [...sizes].toSorted(([, a], [, b]) => customers(b) - customers(a));
  if (!largest) return [];
  const [currency] = largest;
  const rows = report.figures.cohorts.filter((row) => row.currency === currency);
  const months = lastYear(report).slice(-8);
  const columns = months.map((_, later) => String(later));
  const cells = rows.flatMap((row): GridCell[] => {
    const first = firsts.find((each) => each.cohort === row.cohort && each.currency === currency);
    const share = first ? Number(row.customers) / Number(first.customers) : 0;
    const cohort = String(row.cohort).slice(0, 7);
    const isShown = months.includes(cohort) && Number(row.months_later) > 0;
    return isShown
      ? [
          {
            row: shortMonthName(cohort),
            column: String(row.months_later),
            share: Math.min(1, share),
            text: `${Math.round(100 * share)}%`,
          },
        ]
      : [];
  });
  if (cells.length === 0) return [];
  const title =
    sizes.size > 1 ? `Customers who order again, in ${currencyName(currency)}` : 'Customers who order again';
  const description =
    'Of the customers with a first order in the month on the left, the part with an order so many months later';
  const body = await draw.grid({
    title,
    description,
    rows: months.slice(0, -1).map(shortMonthName),
    columns: columns.slice(1),
    cells,
  });
  return [figureOf(report, { name: 'cohorts', title, note: description, body })];
}

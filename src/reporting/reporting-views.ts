import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { View } from '../database/views.ts';
import { COLUMN_COMMENTS } from './column-comments.ts';
import { digitsSql } from './currencies.ts';
import type { ReportSettings } from '../model/report-settings.ts';

const FOLDER = fileURLToPath(new URL('views', import.meta.url));

/** Returns the views for reports, each after those that it reads, with the settings as literals in their SQL. */
export function reportingViews(settings: ReportSettings): View[] {
  const views = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => viewOf(readFileSync(join(FOLDER, file), 'utf8'), settings));
  const sorted = new Set<View>();
  const add = (view: View) => {
    for (const other of views) if (other !== view && reads(view, other) && !sorted.has(other)) add(other);
    sorted.add(view);
  };
  for (const view of views) add(view);
  return [...sorted];
}

const reads = ({ sql }: View, { name }: View) => new RegExp(`(?:from|join) ${name}\\b`).test(sql);

function viewOf(template: string, settings: ReportSettings): View {
  const name = /^create view (?<name>[a-z_]+\.[a-z_]+) as$/m.exec(template)?.groups?.name ?? '';
  const described = new Set(
    [...template.matchAll(/^comment on column [a-z_]+\.[a-z_]+\.(?<column>\w+) is/gm)].map(
      ({ groups }) => groups?.column,
    ),
  );
  const shared = Object.entries(COLUMN_COMMENTS).filter(([column]) => !described.has(column));
  return { name, sql: render(template, settings), columnComments: Object.fromEntries(shared) };
}

const quoteText = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** Query parameters that Polar copies into a session's metadata. */
const VISIT_KEYS = ['reference_id', 'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term'];

/** No state is older than the history, nor of a session that had ended long before; this spares their look-ups. */
const HISTORY = "(select min(since) - interval '31 days' from sync.histories where relation = 'polar.checkouts')";

/**
 * Returns SQL of the outcome of a session `s` of reporting.sessions; `isEngaged` is SQL that is true after a sign of a
 * customer.
 */
const outcomeSql = (isEngaged: string) => `case
    when s.status = 'succeeded' then case when s.is_paid then 'paid' else 'free' end
    when s.is_settled then case when ${isEngaged} then 'abandoned' else 'unengaged' end
    when s.status = 'confirmed' then 'paying'
    when ${isEngaged} then 'active'
    else 'idle'
  end`;

/** True for a session `s` whose outcome is abandoned, in terms that allow a parallel plan, as the outcome itself does not. */
const abandonedSql = (isEngaged: string) => `s.status is distinct from 'succeeded' and s.is_settled and ${isEngaged}`;

/** Columns of sessions grouped by the columns before them: counts by outcome, and the money of the paid ones. */
const TALLIES = `count(*) as opened,
  count(*) filter (where is_settled) as settled,
  count(*) filter (where outcome = 'paid') as paid,
  count(*) filter (where outcome = 'free') as free,
  count(*) filter (where outcome = 'abandoned') as abandoned,
  sum(net_amount) filter (where outcome = 'paid')::bigint as net_amount,
  sum(discount_given) filter (where outcome = 'paid')::bigint as discount_given,
  sum(total_amount) filter (where outcome = 'paid')::bigint as total_amount`;

/** Sums such groups. */
const SUMS = `sum(opened)::bigint as opened, sum(settled)::bigint as settled, sum(paid)::bigint as paid, sum(free)::bigint as free,
    sum(abandoned)::bigint as abandoned, sum(net_amount)::bigint as net_amount, sum(discount_given)::bigint as discount_given,
    sum(total_amount)::bigint as total_amount`;

/** Columns of a view over such groups `c`, which are null where there are no sessions. */
const MEASURES = `c.currency,
  {{digits c.currency}} as minor_digits,
  coalesce(c.opened, 0) as opened,
  coalesce(c.settled, 0) as settled,
  coalesce(c.paid, 0) as paid,
  coalesce(c.free, 0) as free,
  coalesce(c.abandoned, 0) as abandoned,
  round(c.paid::numeric / nullif(c.settled, 0), 4) as conversion,
  c.net_amount,
  c.discount_given,
  c.total_amount,
  {{money_of c.net_amount, c.currency}} as net_money,
  {{money_of c.discount_given, c.currency}} as discount_given_money,
  {{money_of c.total_amount, c.currency}} as total_money`;

/** Exact, with as many decimals as the currency has; a division or a power of numerics takes ten times as long. */
const moneySql = (amount: string, digits: string) =>
  `${amount} * case ${digits} when 2 then 0.01 when 0 then 1 when 3 then 0.001 when 4 then 0.0001 end`;

/** Replacements of `{{name}}` and `{{name argument}}` in a view's SQL; commas separate arguments. */
const placeholders: Readonly<Record<string, (settings: ReportSettings, args: readonly string[]) => string>> = {
  timezone: ({ timezone }) => quoteText(timezone),
  // Views list each day since the first record: a wrong date of the year 1 must not make them list 700,000.
  earliest: () => "timestamptz '2010-01-01 00:00Z'",
  digits: (_, [currency = '']) => digitsSql(currency),
  money: (_, [amount = '', digits = '']) => moneySql(amount, digits),
  money_of: (_, [amount = '', currency = '']) => moneySql(amount, digitsSql(currency)),
  // A session's metadata without what a visit may bring along: that of the link, but for keys with these names.
  without_visit: (_, [map = '']) =>
    `case when jsonb_typeof(${map}) = 'object' then ${map} - '{${VISIT_KEYS.join(',')}}'::text[] end`,
  // A sign of a customer that a session shows now.
  sign: (_, [session = '']) =>
    `(${session}.customer_email is not null or ${session}.customer_id is not null or ${session}.status = 'confirmed'
    or ${session}.customer_billing_address ->> 'line1' is not null or ${session}.customer_billing_address ->> 'postal_code' is not null)`,
  // How long after its end a session can still be paid; hours, because the length of days depends on the reader's time zone.
  grace: (_, [isPaying = '']) => `case when ${isPaying} then interval '720 hours' else interval '15 minutes' end`,
  // What was rolled up of a day holds until the time that passes settles one more of its sessions. A clock may be set back as well.
  holds: (_, [day = '']) => `${day}.built_at <= now() and now() < ${day}.holds_until`,
  history: () => HISTORY,
  // The id of a session that shows no sign of a customer and may have shown one before.
  without_sign: (_, [session = '']) =>
    `case when ${session}.created_at > ${HISTORY} and ${session}.has_sign is not true then ${session}.checkout_id end`,
  // The fence around sessions whose columns are to be evaluated once. A plain 0 is no constant yet when Postgres decides about parallel plans.
  once: () => "offset bigint '0'",
  outcome: (_, [isEngaged = '']) => outcomeSql(isEngaged),
  abandoned: (_, isEngaged) => abandonedSql(isEngaged.join(', ')),
  // The id of the only link among these, '' for several, null for none.
  only: (_, [id = '']) => `case count(${id}) when 0 then null when 1 then min(${id}) else '' end`,
  tallies: () => TALLIES,
  sums: () => SUMS,
  measures: (settings) => render(MEASURES, settings),
  // One key of a map, where the settings let it pass.
  key: ({ metadataKeys }, [map = '', key = '']) =>
    metadataKeys.includes(key) ? `${map} ->> ${quoteText(key)}` : 'null::text',
  metadata_keys: ({ metadataKeys }) => `array[${metadataKeys.map(quoteText).join(', ')}]::text[]`,
};

function render(template: string, settings: ReportSettings): string {
  return template.replaceAll(/\{\{(\w+)(?: ([^}]+))?\}\}/g, (found, name: string, args = '') => {
    const placeholder = placeholders[name];
    if (!placeholder) throw new Error(`no such placeholder in a view: ${found}`);
    return placeholder(settings, String(args).split(/, */));
  });
}

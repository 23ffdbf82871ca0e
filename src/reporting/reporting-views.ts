import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { View } from '../database/views.ts';
import { COLUMN_COMMENTS } from './column-comments.ts';
import { digitsSql } from './currencies.ts';
import type { ReportSettings } from '../model/report-settings.ts';

const FOLDER = fileURLToPath(new URL('views', import.meta.url));

/** Returns the views for reports, each after those that it reads, with the settings as literals in their SQL. */
export function reportingViews(settings: ReportSettings): View[] {
  const views = globSync('*.sql', { cwd: FOLDER })
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

/** Columns of a view that groups sessions `c`: what became of them, and the money of the paid ones. */
const MEASURES = `count(c.checkout_id) as opened,
  count(*) filter (where c.is_settled) as settled,
  count(*) filter (where c.outcome = 'paid') as paid,
  count(*) filter (where c.outcome = 'free') as free,
  count(*) filter (where c.outcome = 'abandoned') as abandoned,
  round(count(*) filter (where c.outcome = 'paid')::numeric / nullif(count(*) filter (where c.is_settled), 0), 4) as conversion,
  sum(c.net_amount) filter (where c.outcome = 'paid')::bigint as net_amount,
  sum(c.discount_given) filter (where c.outcome = 'paid')::bigint as discount_given,
  sum(c.total_amount) filter (where c.outcome = 'paid')::bigint as total_amount,
  {{money sum(c.net_amount) filter (where c.outcome = 'paid'), c.minor_digits}} as net_money,
  {{money sum(c.discount_given) filter (where c.outcome = 'paid'), c.minor_digits}} as discount_given_money,
  {{money sum(c.total_amount) filter (where c.outcome = 'paid'), c.minor_digits}} as total_money`;

/** What stands in a view as `{{name}}`, or `{{name argument}}`, arguments being separated by commas. */
const placeholders: Readonly<Record<string, (settings: ReportSettings, args: readonly string[]) => string>> = {
  timezone: ({ timezone }) => quoteText(timezone),
  digits: (_, [currency = '']) => digitsSql(currency),
  // Exact, with as many decimals as the currency has; a division or a power of numerics takes ten times as long.
  money: (_, [amount = '', digits = '']) =>
    `${amount} * case ${digits} when 2 then 0.01 when 0 then 1 when 3 then 0.001 when 4 then 0.0001 end`,
  // A session's metadata without what a visit may bring along: that of the link, but for keys with these names.
  without_visit: (_, [map = '']) => `${map} - '{${VISIT_KEYS.join(',')}}'::text[]`,
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

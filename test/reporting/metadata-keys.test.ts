import { expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config.ts';
import { migrate } from '../../src/database/migrate.ts';
import { reportingViews } from '../../src/reporting/reporting-views.ts';
import type { Polar } from '../../src/simulator/polar/polar.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar, syncing } from '../support/polar.ts';
import { rows } from '../support/records.ts';

/** Stores what `act` makes happen at Polar, in a database whose views show these keys. */
async function stored(keys: string, act: (polar: Polar) => void) {
  const db = await freshDatabase();
  await migrate(db, reportingViews(parseConfig({ REPORT_METADATA_KEYS: keys }).report));
  const simulator = await startPolar({ links: 0, checkouts: 0 });
  act(simulator.polar);
  const engine = syncing(simulator, db);
  await engine.sync('polar.checkout_links');
  await engine.sync('polar.checkouts');
  return db;
}

test('of the metadata of links and sessions, the views show the keys of REPORT_METADATA_KEYS alone', async () => {
  const db = await stored('campaign,utm_medium', (polar) => {
    const { id } = polar.createLink({ metadata: { campaign: 'spring', owner: 'Ada Lovelace' } });
    polar.visitLink(id, { utm_source: 'ada@example.com', utm_medium: 'mail', reference_id: 'ada-1' });
  });
  const metadata = 'select metadata from polar.checkouts';
  expect(await rows(db, metadata)).toMatchObject([
    { metadata: { owner: 'Ada Lovelace', utm_source: 'ada@example.com' } },
  ]);
  const shown =
    'select metadata, utm_source, utm_medium, utm_campaign, reference_id, link_match from analytics.checkouts';
  expect(await rows(db, shown)).toEqual([
    {
      metadata: { campaign: 'spring', utm_medium: 'mail' },
      utm_source: null,
      utm_medium: 'mail',
      utm_campaign: null,
      reference_id: null,
      link_match: 'metadata',
    },
  ]);
  expect(await rows(db, 'select metadata from analytics.links')).toEqual([{ metadata: { campaign: 'spring' } }]);
  expect(await rows(db, 'select utm_source, utm_medium, utm_campaign from analytics.campaigns')).toEqual([
    { utm_source: null, utm_medium: 'mail', utm_campaign: null },
  ]);
});

/** Custom fields: slug, type, an answer, and what the view shows of it. */
const FIELDS = [
  ['company', 'text', 'Ada & Sons', { answer_text: 'Ada & Sons' }],
  ['topic', 'text', 'my illness', {}],
  ['size', 'number', 12, { answer_text: '12', answer_number: '12' }],
  ['age', 'number', 36, {}],
  ['renewal', 'date', '2026-03-01T00:00:00Z', { answer_text: '2026-03-01T00:00:00Z', answer_date: '2026-03-01' }],
  ['birthday', 'date', '1815-12-10T00:00:00Z', {}],
  ['terms', 'checkbox', true, { answer_text: 'true', answer_boolean: true }],
  ['news', 'checkbox', 'ada@example.com', {}],
  ['shirt', 'select', 's', { answer_text: 's', option_label: 'Small' }],
  ['seat', 'select', 'beside Ada', {}],
] as const;

test('of answers to custom fields, the views show chosen options, checkboxes, and those whose slug is in REPORT_METADATA_KEYS', async () => {
  const db = await stored('company,size,renewal', (polar) => {
    const product = polar.createProduct();
    for (const [slug, type] of FIELDS) {
      const field = polar.createCustomField({ slug, type, properties: { options: [{ value: 's', label: 'Small' }] } });
      polar.attachCustomField(product.id, field.id);
    }
    const custom_field_data = Object.fromEntries(FIELDS.map(([slug, , answer]) => [slug, answer]));
    polar.createCheckout({ product_id: product.id, custom_field_data });
  });
  const answers = `select slug, is_answered, is_shown, answer_text, answer_number, answer_date, answer_boolean, option_label
    from analytics.custom_field_answers order by slug`;
  const hidden = {
    answer_text: null,
    answer_number: null,
    answer_date: null,
    answer_boolean: null,
    option_label: null,
  };
  const expected = FIELDS.map(([slug, , , shown]) => ({
    slug,
    is_answered: true,
    is_shown: Object.keys(shown).length > 0,
    ...hidden,
    ...shown,
  }));
  expect(await rows(db, answers)).toEqual(expected.toSorted((one, other) => (one.slug < other.slug ? -1 : 1)));
});

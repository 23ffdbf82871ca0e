import { expect, onTestFinished, test } from 'vitest';
import {
  startFynnSimulator,
  type FynnSimulator,
  type FynnSimulatorOptions,
} from '../../../src/simulator/fynn-simulator.ts';
import { first, present } from '../../support/ask.ts';

interface PricePlan {
  id: string;
  status: string;
  type: string;
  price: { amount: number; createdAt: string; updatedAt: string };
  product: unknown;
  customer: unknown;
  checkoutLinkIds: string[];
}

interface Item {
  id?: string;
  type: string;
  product: object | null;
  quantity: number | null;
  plan: { family: { id: string }; originProduct: object } | null;
  price: PricePlan;
  periods: object[];
}

interface Link {
  id: string;
  slug: string;
  items: Item[];
}

interface Page<T> {
  data: T[];
  meta: { pagination: Record<string, number> };
}

const NOW = '2026-11-21T08:00:00Z';

async function simulate(options: FynnSimulatorOptions = {}): Promise<FynnSimulator> {
  const simulator = await startFynnSimulator({ now: NOW, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

function ask({ url, apiKey }: FynnSimulator, path: string, method = 'GET', key = apiKey): Promise<Response> {
  return fetch(`${url}${path}`, { method, headers: { authorization: `Bearer ${key}` } });
}

async function status(simulator: FynnSimulator, path: string): Promise<number> {
  return (await ask(simulator, path)).status;
}

async function read<T>(simulator: FynnSimulator, path: string): Promise<T> {
  const response = await ask(simulator, path);
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

const prices = (simulator: FynnSimulator, query = 'limit=100') =>
  read<Page<PricePlan>>(simulator, `/price-plans?${query}`);

/** A link of one item that sells a price made for it. */
function linkWithPrice({ fynn }: FynnSimulator) {
  const price = fynn.createPrice();
  return { price, link: fynn.createLink({ items: [{ priceId: price.id }] }) };
}

test('a link has the documented fields in their order, with its items embedded', async () => {
  const simulator = await simulate();
  const several = present([...simulator.fynn.links.values()].find((link) => link.itemIds.length > 1));
  const link = await read<Link>(simulator, `/checkout-links/${several.id}`);
  expect(Object.keys(link)).toEqual(['id', 'afterCheckout', 'options', 'slug', 'isEnabled', 'items']);
  expect(link).toMatchObject({
    afterCheckout: { action: expect.any(String), backToProviderUrl: expect.any(String) },
    options: { allowCoupons: expect.any(Boolean), forceCompany: expect.any(Boolean) },
  });
  expect(link.items).toEqual(several.itemIds.map((id) => simulator.fynn.json.item(id)));
  expect(link).toEqual(simulator.fynn.json.link(several.id));
});

const ITEM = ['type', 'product', 'quantity', 'plan', 'price', 'periods'];
const PRODUCT = ['id', 'name', 'description', 'type', 'invoiceVisibility', 'customFields'];
const PLAN = 'id family code originProduct allowCheckout status createdAt name description'.split(' ');
const PRICE =
  'id internalName status salesChannel type applyTrial payInAdvance proRata freeUnits billingInterval showPricePerInterval currencyCode price custom charge productSetOption product customer inUse checkoutLinkIds'.split(
    ' ',
  );

test('an item read by id has exactly the documented keys, and its own id is not among them', async () => {
  const simulator = await simulate({ links: 40 });
  const seen = { plan: 0, product: 0 };
  for (const { id } of simulator.fynn.items.values()) {
    const item = await read<Item>(simulator, `/checkout-link-items/${id}`);
    expect(Object.keys(item)).toEqual(ITEM);
    const tiered = ['tiered', 'volume', 'stair_step'].includes(item.price.type);
    expect(Object.keys(item.price)).toEqual(tiered ? [...PRICE, 'tiers'] : PRICE);
    expect(Object.keys(item.price.price)).toEqual(['amount', 'createdAt', 'updatedAt', 'tenantId']);
    for (const period of item.periods) expect(Object.keys(period)).toEqual(['contractPeriod', 'cancellationPeriod']);
    if (item.type === 'plan') {
      const plan = present(item.plan);
      expect([item.product, item.quantity, Object.keys(plan)]).toEqual([null, null, PLAN]);
      expect([Object.keys(plan.family), Object.keys(plan.originProduct)]).toEqual([['id'], PRODUCT]);
      seen.plan += 1;
    } else {
      expect([Object.keys(present(item.product)), item.plan]).toEqual([PRODUCT, null]);
      expect(item.quantity).toBeGreaterThan(0);
      seen.product += 1;
    }
  }
  expect(seen).toEqual({ plan: expect.toSatisfy((n) => n > 5), product: expect.toSatisfy((n) => n > 5) });
});

test('embedded items carry their ids only when asked for', async () => {
  const simulator = await simulate({ itemIds: true });
  const { id, itemIds } = first(simulator.fynn.links.values());
  const link = await read<Link>(simulator, `/checkout-links/${id}`);
  expect(link.items.map((item) => item.id)).toEqual(itemIds);
  expect(Object.keys(await read<Item>(simulator, `/checkout-link-items/${itemIds[0]}`))).toEqual(ITEM);
});

test('pages have thirty rows unless asked otherwise, and a hundred at the most', async () => {
  const simulator = await simulate({ links: 0, prices: 250 });
  const page = (currentPage: number, itemsPerPage: number, pageTotalItems: number) => ({
    pagination: {
      totalItems: 225,
      itemsPerPage,
      currentPage,
      lastPage: Math.ceil(225 / itemsPerPage),
      pageTotalItems,
    },
  });
  expect((await prices(simulator, '')).meta).toEqual(page(1, 30, 30));
  expect((await prices(simulator, 'page=3&limit=500')).meta).toEqual(page(3, 100, 25));
  expect(await prices(simulator, 'page=4&limit=100')).toEqual({ data: [], meta: page(4, 100, 0) });
  const pages = [await prices(simulator), await prices(simulator, 'page=2&limit=100')];
  const active = [...simulator.fynn.prices.values()].filter((price) => price.status === 'active');
  expect(pages.flatMap(({ data }) => data.map(({ id }) => id))).toEqual(active.slice(0, 200).map(({ id }) => id));
});

test.each(['page=0', 'page=-1', 'page=x', 'limit=-1'])('%s is a 400', async (query) => {
  const simulator = await simulate();
  expect(await status(simulator, `/price-plans?${query}`)).toBe(400);
});

test('a list of nothing has one page, and a limit of nothing shows nothing', async () => {
  const empty = { itemsPerPage: 30, currentPage: 1, lastPage: 1, pageTotalItems: 0 };
  const simulator = await simulate({ links: 0, prices: 0 });
  expect(await prices(simulator, '')).toEqual({ data: [], meta: { pagination: { ...empty, totalItems: 0 } } });
  simulator.fynn.createPrice();
  const none = { ...empty, itemsPerPage: 0, totalItems: 1 };
  expect(await prices(simulator, 'limit=0')).toEqual({ data: [], meta: { pagination: none } });
});

test('rows keep their order, or with the option come in another one with each request', async () => {
  const simulator = await simulate();
  const ids = async () => (await prices(simulator)).data.map(({ id }) => id);
  const ordered = await ids();
  expect(await ids()).toEqual(ordered);
  simulator.fynn.settings.shuffleRows = true;
  const [one, other] = [await ids(), await ids()];
  expect(one).not.toEqual(ordered);
  expect(one).not.toEqual(other);
  expect(new Set(one)).toEqual(new Set(ordered));
});

test('an archived price is in no list, but is read by id and still nested in its link', async () => {
  const simulator = await simulate();
  const { price, link } = linkWithPrice(simulator);
  const before = await prices(simulator);
  expect(before.data.at(-1)).toEqual(simulator.fynn.json.pricePlan(price.id));
  expect(before.data.at(-1)?.checkoutLinkIds).toEqual([link.id]);
  simulator.fynn.archivePrice(price.id);
  const after = await prices(simulator);
  expect(after.data.map(({ id }) => id)).not.toContain(price.id);
  expect(after.meta.pagination.totalItems).toBe((before.meta.pagination.totalItems ?? 0) - 1);
  expect(await read<PricePlan>(simulator, `/price-plans/${price.id}`)).toMatchObject({ status: 'archived' });
  const shown = await read<Link>(simulator, `/checkout-links/${link.id}`);
  expect(shown.items[0]?.price).toMatchObject({ id: price.id, status: 'archived', checkoutLinkIds: [link.id] });
});

test('each seeded link is named by a price that is listed', async () => {
  const simulator = await simulate();
  const named = new Set((await prices(simulator)).data.flatMap((price) => price.checkoutLinkIds));
  expect(named).toEqual(new Set(simulator.fynn.links.keys()));
  expect(named.size).toBe(12);
});

test('the list of links does not exist, unless asked for', async () => {
  const simulator = await simulate();
  const [links, unknown] = [await ask(simulator, '/checkout-links'), await ask(simulator, '/checkout-lynx')];
  expect([links.status, await links.text()]).toEqual([404, await unknown.text()]);
  simulator.fynn.settings.hasLinkList = true;
  const { data, meta } = await read<Page<Link>>(simulator, '/checkout-links?limit=5&page=3');
  expect(data).toEqual([...simulator.fynn.links.keys()].slice(10).map((id) => simulator.fynn.json.link(id)));
  expect(meta.pagination).toMatchObject({ totalItems: 12, lastPage: 3, pageTotalItems: 2 });
  simulator.fynn.deleteLink(present(data[0]).id);
  expect((await read<Page<Link>>(simulator, '/checkout-links')).meta.pagination.totalItems).toBe(11);
});

test('unknown ids and addresses answer the same 404, in German', async () => {
  const simulator = await simulate();
  const price = first(simulator.fynn.prices.keys());
  const ids = ['/price-plans/1', '/checkout-links/1', '/checkout-link-items/1'];
  for (const path of [...ids, '/', '/price-plans/', `/price-plans/${price}/`, `/price-plans/${price}/x`, '/a/b/c']) {
    const answer = await ask(simulator, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      404,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await answer.json()).toEqual({
      title: 'Ein Fehler ist aufgetreten',
      detail: 'Die angeforderte Ressource wurde nicht gefunden.',
    });
  }
});

test('a wrong key is a 401, a missing permission a 403, another method a 405', async () => {
  const simulator = await simulate({ permissions: ['price-plan:read'] });
  const { id, itemIds } = first(simulator.fynn.links.values());
  expect((await ask(simulator, '/price-plans', 'GET', 'revoked')).status).toBe(401);
  expect((await fetch(`${simulator.url}/price-plans`)).status).toBe(401);
  expect(await status(simulator, `/checkout-links/${id}`)).toBe(403);
  const refused = await ask(simulator, `/checkout-link-items/${itemIds[0]}`);
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('checkout-link:read')]);
  expect(await status(simulator, '/price-plans')).toBe(200);
  const posted = await ask(simulator, '/price-plans', 'POST');
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET']);
});

test('the events that webhooks can tell of are there for any key that counts', async () => {
  const simulator = await simulate({ permissions: [] });
  expect(await read(simulator, '/available-webhook-events')).toContain('price_plan.archived');
  expect((await ask(simulator, '/available-webhook-events', 'GET', 'revoked')).status).toBe(401);
});

test('requests beyond the limit are a 429 without a hint when to come back', async () => {
  const simulator = await simulate({ requestsPerMinute: 2 });
  const answers = [await ask(simulator, '/price-plans'), await ask(simulator, '/nothing'), await ask(simulator, '/')];
  expect(answers.map((answer) => answer.status)).toEqual([200, 404, 429]);
  expect(answers[2]?.headers.has('retry-after')).toBe(false);
});

test('an edit made before the answer is in it, one made after the rows were read is in the next', async () => {
  const simulator = await simulate();
  const { fynn } = simulator;
  const { id } = first(fynn.links.values());
  const slug = async () => (await read<Link>(simulator, `/checkout-links/${id}`)).slug;
  simulator.intercept(() => void fynn.updateLink(id, { slug: 'before' }));
  simulator.afterRead(() => void fynn.updateLink(id, { slug: 'after' }));
  expect(await slug()).toBe('before');
  simulator.intercept(null);
  simulator.afterRead(null);
  expect(await slug()).toBe('after');
});

test('any answer can be spoilt, and the log keeps what was asked without the key', async () => {
  const simulator = await simulate();
  simulator.intercept((request, index) => {
    if (index === 0) return { fault: 'status', status: 503 };
    return request.query.get('page') === '2' ? 'reset' : undefined;
  });
  expect(await status(simulator, '/price-plans')).toBe(503);
  await expect(ask(simulator, '/price-plans?page=2')).rejects.toThrow('fetch failed');
  expect(await status(simulator, '/price-plans')).toBe(200);
  expect(simulator.requests.map((request) => request.status)).toEqual([503, null, 200]);
  expect(simulator.requests[0]).toMatchObject({ method: 'GET', path: '/price-plans', version: null });
  expect(JSON.stringify(simulator.requests)).not.toContain(simulator.apiKey);
});

test('the JSON of a record can be changed wherever it is sent', async () => {
  const simulator = await simulate();
  const { link, price } = linkWithPrice(simulator);
  simulator.fynn.tamper(price.id, (json) => ({ ...json, currencyCode: 7 }));
  const [nested] = (await read<Link>(simulator, `/checkout-links/${link.id}`)).items;
  expect(nested?.price).toMatchObject({ id: price.id, currencyCode: 7 });
  expect(await read(simulator, `/price-plans/${price.id}`)).toMatchObject({ currencyCode: 7 });
  simulator.fynn.tamper(price.id, (json) => {
    Object.assign(json.price as object, { amount: 'a lot' });
    return json;
  });
  expect(await read(simulator, `/price-plans/${price.id}`)).toMatchObject({ price: { amount: 'a lot' } });
  expect(price.price.amount).toBeTypeOf('number');
  simulator.fynn.tamper(price.id, null);
  expect(await read(simulator, `/price-plans/${price.id}`)).toMatchObject({ currencyCode: price.currencyCode });
});

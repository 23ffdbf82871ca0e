import { expect, test } from 'vitest';
import { micros } from '../../../src/simulator/instants.ts';
import { polarApi } from '../../../src/simulator/polar/api.ts';
import { defaultSettings } from '../../../src/simulator/polar/settings.ts';
import { seededState } from '../../../src/simulator/polar/state.ts';
import { polarStream, type PolarStream } from '../../../src/simulator/polar/stream.ts';
import { recordTable } from '../../../src/simulator/polar/table.ts';
import { sizesOf } from '../../../src/simulator/sizes.ts';

interface Note {
  id: string;
  created_at: string;
  deleted_at: string | null;
  kind: 'call' | 'mail';
  body: string | null;
}

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function note(number: number, fields: Partial<Note> = {}): Note {
  const created_at = `2026-11-20T08:00:${String(number).padStart(2, '0')}Z`;
  return { id: idOf(number), created_at, deleted_at: null, kind: 'call', body: `Note ${number}`, ...fields };
}

/** A made-up resource, described like those of Polar, and the API that serves it. */
function served(notes: readonly Note[], isListOnly = false) {
  const state = seededState({ seed: 1, now: '2026-11-21T08:00:00Z', sizeOf: sizesOf({}) });
  const table = recordTable('note', notes);
  const json = (id: string) => table.get(id);
  const stream: PolarStream = polarStream<Note, Note, object>(state, {
    paths: ['/v1/notes', '/v1/old-notes'],
    scopes: ['notes:read', 'notes:write'],
    isListOnly,
    records: table.records,
    isServed: table.isServed,
    json,
    list: {
      rows: table.served,
      idOf: ({ id }) => id,
      filters: { kind: { type: ['call', 'mail'], valueOf: ({ kind }) => kind } },
      searched: ({ body }) => body,
      criteria: { created_at: ({ created_at }) => micros(created_at), body: ({ body }) => body },
      defaultSorting: '-created_at',
    },
    webhooks: { 'note.created': json },
    edits: {},
    driver: {
      create: (created_at) => table.put(note(table.records.size, created_at ? { created_at } : {})).id,
      edit: (id) => void table.put({ ...table.get(id), body: 'Edited' }),
    },
  });
  const settings = { ...defaultSettings(false, { notes: stream }), rateLimit: null };
  const api = polarApi({ streams: { notes: stream }, settings });
  const get = (address: string, authorization = `Bearer ${settings.token}`) => {
    const [path = '', query] = address.split('?');
    const header = (name: string) => (name === 'authorization' ? authorization : undefined);
    const { status, body } = api({ index: 0, method: 'GET', path, query: new URLSearchParams(query), header });
    const json: { items?: { id: string }[]; pagination?: unknown; error?: string } = JSON.parse(String(body ?? '{}'));
    return { status, ids: json.items?.map(({ id }) => id), ...json };
  };
  return { stream, table, settings, get };
}

test('a described resource is listed by its default order, paged and counted', () => {
  const { get } = served([note(1), note(2), note(3)]);
  expect(get('/v1/notes/')).toMatchObject({ status: 200, ids: [3, 2, 1].map(idOf) });
  expect(get('/v1/notes/?limit=2&page=2')).toMatchObject({
    ids: [idOf(1)],
    pagination: { total_count: 3, max_page: 2 },
  });
  expect(get('/v1/old-notes/?sorting=body')).toMatchObject({ ids: [1, 2, 3].map(idOf) });
});

test('its filters, its search and its criteria take what they name and refuse the rest', () => {
  const { get } = served([note(1, { kind: 'mail' }), note(2, { body: null }), note(3)]);
  expect(get('/v1/notes/?kind=mail')).toMatchObject({ ids: [idOf(1)] });
  expect(get('/v1/notes/?kind=mail&kind=call&query=NOTE')).toMatchObject({ ids: [3, 1].map(idOf) });
  expect(get(`/v1/notes/?organization_id=${idOf(9)}`)).toMatchObject({ ids: [] });
  expect(get('/v1/notes/?kind=letter').status).toBe(422);
  expect(get('/v1/notes/?sorting=kind').status).toBe(422);
});

test('it is read by id until it is deleted, and again when it is back', () => {
  const { get, table } = served([note(1), note(2)]);
  expect(get(`/v1/notes/${idOf(1)}`)).toMatchObject({ status: 200, body: 'Note 1' });
  table.put({ ...table.get(idOf(1)), deleted_at: '2026-11-21T08:00:00Z' });
  expect(get(`/v1/notes/${idOf(1)}`)).toMatchObject({ status: 404, error: 'ResourceNotFound' });
  expect(get('/v1/notes/')).toMatchObject({ ids: [idOf(2)] });
  table.put({ ...table.get(idOf(1)), deleted_at: null });
  expect(get('/v1/notes/?sorting=created_at')).toMatchObject({ ids: [1, 2].map(idOf) });
});

test('a resource without an address for single records is listed all the same', () => {
  const { get } = served([note(1)], true);
  expect(get('/v1/notes/')).toMatchObject({ ids: [idOf(1)] });
  const { status, error } = get(`/v1/notes/${idOf(1)}`);
  expect([status, error]).toEqual([404, undefined]);
});

test('it needs one of its own scopes, the first of which a token has by default', () => {
  const { get, settings } = served([note(1)]);
  expect(settings.scopes).toEqual(['notes:read']);
  expect(get('/v1/notes/', 'Bearer other').status).toBe(401);
  settings.scopes = ['notes:write'];
  expect(get('/v1/notes/').status).toBe(200);
  settings.scopes = ['checkouts:read'];
  expect(get('/v1/notes/').status).toBe(403);
});

test('its driver seeds the past a minute apart, and lists in the order of the API', () => {
  const { stream, get } = served([]);
  const { driver } = stream;
  const ids = driver.seed(3);
  expect(driver.list()).toEqual(ids.toReversed());
  expect(driver.list()).toEqual(get('/v1/notes/').ids);
  expect(driver.webhookTypes).toEqual(['note.created']);
  driver.edit(ids[0] ?? '');
  expect(driver.json(ids[0] ?? '')).toMatchObject({ body: 'Edited', created_at: '2026-11-21T06:58:00.001009Z' });
  expect(() => driver.json(idOf(99))).toThrow(RangeError);
});

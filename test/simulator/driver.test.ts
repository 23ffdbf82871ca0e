import { expect, onTestFinished, test } from 'vitest';
import { isObject, type JsonObject } from '../../src/model/json.ts';
import type { StreamDriver } from '../../src/simulator/driver.ts';
import { simulators } from '../../src/simulator/simulators.ts';

/** Every stream of every simulated source. */
const names: string[] = [];
for (const start of Object.values(simulators)) {
  const source = await start();
  names.push(...Object.keys(source.streams));
  await source.close();
}

async function start(name: string) {
  const source = await simulators[name.split('.', 1)[0] ?? '']?.();
  if (!source) throw new Error(`no simulator for ${name}`);
  onTestFinished(() => source.close());
  const stream = source.streams[name];
  if (!stream) throw new Error(`no stream ${name}`);
  return { source, stream };
}

function recordOf(stream: StreamDriver, id: string): JsonObject {
  const record: unknown = JSON.parse(JSON.stringify(stream.json(id)));
  if (!isObject(record)) throw new Error(`${id} is no object`);
  return record;
}

test.for(names)('%s starts empty, and lists what it seeds and creates', async (name) => {
  const { stream } = await start(name);
  expect(stream.list()).toEqual([]);
  const made = [...stream.seed(3), stream.create()];
  expect(new Set(made).size).toBe(4);
  expect(stream.list().toSorted()).toEqual(made.toSorted());
});

test.for(names)('%s shows an edit in the record, with a later modified_at where it has one', async (name) => {
  const { stream } = await start(name);
  const id = stream.create();
  const before = recordOf(stream, id);
  stream.edit(id);
  const after = recordOf(stream, id);
  expect(after).not.toEqual(before);
  if ('modified_at' in after) expect(after.modified_at).not.toBe(before.modified_at);
});

test.for(names)('%s shows a nested edit without another modified_at, where something nests', async (name) => {
  const { stream } = await start(name);
  const id = stream.create();
  const before = recordOf(stream, id);
  stream.editNested?.(id);
  const after = recordOf(stream, id);
  expect(JSON.stringify(after) === JSON.stringify(before)).toBe(stream.editNested === undefined);
  expect(after.modified_at).toBe(before.modified_at);
});

test.for(names)('%s no longer lists what is removed, until it is restored', async (name) => {
  const { stream } = await start(name);
  const [first = '', second = ''] = stream.seed(2);
  const before = stream.list();
  stream.remove?.(first);
  if (stream.remove) expect(stream.list()).toEqual([second]);
  stream.restore?.(first);
  // Some lists are sorted by when a record changed last.
  if (stream.restore) expect(stream.list().toSorted()).toEqual(before.toSorted());
});

test.for(names)('%s causes webhooks of its own types only', async (name) => {
  const { source, stream } = await start(name);
  const posts = source.webhooksOf(() => stream.edit(stream.create()), 'whsec_test');
  const types = posts.map(({ body }) => /"type":"([^"]+)"/.exec(body)?.[1]);
  expect(types.filter((type) => !stream.webhookTypes.includes(type ?? ''))).toEqual([]);
  expect(source.webhooksOf(() => undefined, 'whsec_test')).toEqual([]);
});

import { getTableConfig } from 'drizzle-orm/pg-core';
import { expect, onTestFinished } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import type { Json } from '../../src/model/json.ts';
import type { Source } from '../../src/model/source.ts';
import type { Stream } from '../../src/model/stream.ts';
import type { SimulatedSource, StreamDriver } from '../../src/simulator/driver.ts';
import { simulators } from '../../src/simulator/simulators.ts';
import { sourceDefinitions, streamEntities } from '../../src/sources/index.ts';
import type { Run } from '../../src/sync/sync.ts';
import { wireOracle } from '../oracle/wire-oracle.ts';
import { engineOf, type Engine, type EngineOptions } from '../support/engine.ts';
import { empty, value } from '../support/records.ts';
import { until } from '../support/service.ts';

/** Signs the webhooks of every simulated source. */
export const WEBHOOK_SECRET = 'whsec_of_the_conformance_suite';

/** Every stream of the registry, by its name. */
export const streamNames = Object.keys(streamEntities);

const registry = await readRegistry();

const wayOf = ({ name, discovery, recordPath, isNotFound, unlisted, isEmptyBeyond, incremental }: Stream) =>
  JSON.stringify([
    name.split('.', 1),
    Object.values(discovery).filter((value) => typeof value === 'string'),
    [recordPath === null, isNotFound !== undefined, unlisted !== undefined, isEmptyBeyond],
    incremental?.changed,
  ]);

/** Every resource that has no list, by its name. */
export const lookupNames = registry.flatMap(({ drivers }) => drivers.filter((name) => !streamNames.includes(name)));

/** The streams by the way in which they are read: the names of one for each, whatever they hold. */
export const waysOfReading = [
  ...new Map(registry.flatMap(({ streams }) => streams).map((stream) => [wayOf(stream), stream.name])).values(),
];

/** Returns the streams of each source, and the drivers of its simulator. */
async function readRegistry(): Promise<{ drivers: string[]; streams: readonly Stream[] }[]> {
  const found = [];
  for (const [name, start] of Object.entries(simulators)) {
    const simulator = await start();
    found.push({ drivers: Object.keys(simulator.streams), streams: sourceAt(name, simulator).source.streams });
    await simulator.close();
  }
  return found;
}

/** A stream of the registry against its simulator and a database, with nothing of its source known. */
export interface Subject {
  simulator: SimulatedSource;
  driver: StreamDriver;
  source: Source;
  /** The settings that the source was made of. */
  settings: Record<string, string>;
  stream: Stream;
  db: Database;
  /** The record of an id as the API sends it. */
  record: (id: string) => Json;
  /** The engine, for calls of {@link stream} by its name. */
  engine: (options?: EngineOptions) => Engine;
  /** One line for each way in which the tables are not as the source is now; none once a walk has seen it. */
  differences: () => Promise<string[]>;
}

/** An account of a source by its name; a source of another seed shares no record with this one. */
interface AccountOptions {
  account?: string;
  seed?: number;
}

/** Starts the simulator of a source by its name, and makes an account's source that points at it. */
export async function startSource(name: string, { account = 'default', seed = 1 }: AccountOptions = {}) {
  const simulator = await simulators[name]?.({ seed });
  if (!simulator) throw new Error(`no simulator for ${name} in src/simulator/simulators.ts`);
  onTestFinished(() => simulator.close());
  return { simulator, ...sourceAt(name, simulator, account) };
}

/** Makes a source that points at a simulator, with all of its streams. */
function sourceAt(name: string, simulator: SimulatedSource, account = 'default') {
  const definition = sourceDefinitions.find((candidate) => candidate.name === name);
  if (!definition) throw new Error(`${name} is no source`);
  const streams = { [`${name.toUpperCase()}_STREAMS`]: Object.keys(definition.entities).join(',') };
  const settings = { ...simulator.settings, ...streams, [definition.webhookSecret]: WEBHOOK_SECRET };
  const { create, problems } = definition.read(settings);
  if (!create) throw new Error(`the settings of the simulator do not turn ${name} on: ${JSON.stringify(problems)}`);
  const source = create({
    account,
    nameOf: (setting) => setting,
    proxyFor: () => undefined,
    privacy: { privateColumns: new Set() },
  });
  return { source, settings };
}

/** Opens a stream with this many records at its source; a resource without a list works as well. */
export async function openSubject(
  name: string,
  db: Database,
  { records, ...options }: AccountOptions & { records: number },
): Promise<Subject> {
  const { simulator, source, settings } = await startSource(name.split('.', 1)[0] ?? '', options);
  const stream = [...source.streams, ...source.lookupOnly].find((candidate) => candidate.name === name);
  const driver = simulator.streams[name];
  if (!stream || !driver) throw new Error(`the source or its simulator has no ${name}`);
  driver.seed(records);
  const record = (id: string): Json => {
    const json: Json = JSON.parse(JSON.stringify(driver.json(id)));
    return stream.isNotFound ? json : (stream.recordIn(json, id) ?? null); // what a list answers is no record
  };
  const oracle = wireOracle(source, [{ entity: stream.entity, records: () => driver.list().map(record) }]);
  return {
    simulator,
    driver,
    source,
    settings,
    stream,
    db,
    record,
    engine: (options) => engineOf(source, db, options),
    differences: () => oracle.differences(db),
  };
}

/** Opens a stream as {@link openSubject} does, with nothing in the database. */
export async function openFresh(name: string, db: Database, records: number): Promise<Subject> {
  await empty(db);
  return openSubject(name, db, { records });
}

/**
 * A full walk that must succeed, and leave the tables as the source is. A walk takes what was observed after its start, by the
 * database's clock, for seen: the next one must not start while our reading of that clock is ahead of it.
 */
export async function walk(subject: Subject, options?: EngineOptions): Promise<Run> {
  const { engine, stream, differences, db } = subject;
  const run = await engine(options).sync(stream.name);
  expect(run.error).toBeUndefined();
  expect(await differences()).toEqual([]);
  const isPast = `select coalesce(max(observed_at) < clock_timestamp(), true) from ${tableOf(subject)}`;
  await until('what was observed is past', async () => (await value(db, isPast)) === true);
  return run;
}

/** The name of a stream's table, for SQL. */
export function tableOf({ stream }: Pick<Subject, 'stream'>): string {
  const { schema, name } = getTableConfig(stream.entity.table);
  return `"${schema}"."${name}"`;
}

import type { PgTable } from 'drizzle-orm/pg-core';
import { entitiesWithin, type Entity } from '../src/model/entity.ts';
import type { SourceDefinition } from '../src/model/source-definition.ts';
import type { Stream } from '../src/model/stream.ts';
import { sourceDefinitions, streamEntities } from '../src/sources/index.ts';

/** Returns every stream of every source, as the settings of an account with a credential turn them on, or name them. */
export function findStreams(): Stream[] {
  return sourceDefinitions.flatMap((definition) => {
    const unnamed = streamsWith(definition, {});
    const names = Object.keys(definition.entities).join(',');
    const named = streamsWith(definition, { [`${definition.name.toUpperCase()}_STREAMS`]: names });
    return named.map((stream) => unnamed.find(({ name }) => name === stream.name) ?? { ...stream, isOptional: true });
  });
}

function streamsWith({ credential, address, read }: SourceDefinition, settings: Record<string, string>) {
  const { create } = read({ [credential]: 'token', [address]: 'http://127.0.0.1', ...settings });
  if (!create) throw new Error(`the settings ${credential} and ${address} do not turn their source on`);
  const context = { account: 'default', nameOf: (setting: string) => setting, proxyFor: () => undefined };
  return create({ ...context, privacy: { privateColumns: new Set() } }).streams;
}

const entities = new Set(Object.values(streamEntities));
const owned = new Set([...entities].flatMap(({ relations }) => ownedTables(relations)));

function ownedTables(relations: Entity['relations']): PgTable[] {
  return Object.values(relations).flatMap((relation) => (relation.kind === 'owned' ? [relation.entity.table] : []));
}

/**
 * Returns the tables that a stream is there for: its records', their children's and sets', and those that no other stream
 * fills.
 */
export function tablesOf({ entity }: Pick<Stream, 'entity'>): PgTable[] {
  const relations = Object.values(entity.relations);
  const sets = relations.flatMap((relation) => (relation.kind === 'set' ? [relation.into] : []));
  const others = relations.flatMap(({ entity: nested }) =>
    nested && !entities.has(nested) && !owned.has(nested.table) ? [nested.table] : [],
  );
  return [...new Set([entity.table, ...ownedTables(entity.relations), ...others, ...sets])];
}

/** Returns true if records of a stream fill a table, also as nested records. */
export function fills({ entity }: Stream, table: PgTable): boolean {
  const within = [...entitiesWithin(entity)];
  return within.some(({ table: own, relations }) =>
    [own, ...Object.values(relations).flatMap((one) => (one.kind === 'set' ? [one.into] : []))].includes(table),
  );
}

import type { Entity } from '../model/entity.ts';
import type { SourceDefinition } from '../model/source-definition.ts';
import { fynn } from './fynn/index.ts';
import { polar } from './polar/index.ts';

/** All sources. */
export const sourceDefinitions: readonly SourceDefinition[] = [polar, fynn];

/** The entity of every stream of every source by the stream's name, whatever the configuration: the contents of the schema. */
export const streamEntities: Readonly<Record<string, Entity>> = Object.fromEntries(
  sourceDefinitions.flatMap(({ entities }) => Object.entries(entities)),
);

/** The entities of the streams of each source, by its name. */
export const sourceEntities: ReadonlyMap<string, readonly Entity[]> = new Map(
  sourceDefinitions.map(({ name, entities }) => [name, Object.values(entities)]),
);

import type { Config } from '../config/config.ts';
import type { Entity } from '../model/entity.ts';
import type { Source } from '../model/source.ts';
import { fynnSource, fynnStreams } from './fynn/index.ts';
import { polarSource, polarStreams } from './polar/index.ts';

/** The sources that the configuration turns on. */
export function configuredSources({ polar, fynn }: Config): Source[] {
  return [...(polar ? [polarSource(polar)] : []), ...(fynn ? [fynnSource(fynn)] : [])];
}

/** The entity of every stream of every source by the stream's name, whatever the configuration: what the schema consists of. */
export const streamEntities: Readonly<Record<string, Entity>> = { ...polarStreams, ...fynnStreams };

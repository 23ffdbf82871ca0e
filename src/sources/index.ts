import type { Config } from '../config.ts';
import type { Entity, Source } from '../stream.ts';
import { polarSource, polarStreams } from './polar/index.ts';

/** The sources that the configuration turns on. */
export function configuredSources(config: Config): Source[] {
  return config.polar ? [polarSource(config.polar)] : [];
}

/** The entity of every stream of every source by the stream's name, whatever the configuration: what the schema consists of. */
export const streamEntities: Readonly<Record<string, Entity>> = { ...polarStreams };

import { entitiesWithin, type Entity } from './entity.ts';
import type { Source, WebhookEvent, Webhooks } from './source.ts';

/** The streams that a setting names; undefined if it is not set. */
export interface StreamSelection {
  setting: string;
  named: readonly string[] | undefined;
}

/**
 * Returns the source with the named streams only, all of them required; if none are named, with all that are not off by
 * default. Webhooks about records of other streams are ignored, unless such records nest in those of a selected stream.
 * `entities` are those of all streams, by the stream's name.
 */
export function selectStreams(
  source: Source,
  entities: Readonly<Record<string, Entity>>,
  { setting, named }: StreamSelection,
): Source {
  if (named === undefined)
    return { ...source, streams: source.streams.filter(({ isOffByDefault }) => !isOffByDefault) };
  const kept = new Set<Entity>();
  for (const name of named) if (entities[name]) entitiesWithin(entities[name], kept);
  const off = new Map(
    Object.entries(entities).flatMap(([name, entity]) =>
      named.includes(name) || kept.has(entity) ? [] : [[entity, name]],
    ),
  );
  const streams = source.streams
    .filter(({ name }) => named.includes(name))
    .map((stream) => ({ ...stream, isOptional: false }));
  return { ...source, streams, webhooks: source.webhooks && ignoring(source.webhooks, off, { setting, named }) };
}

/** Returns webhooks without the records and the walks of streams that are off. */
function ignoring(
  webhooks: Webhooks,
  off: ReadonlyMap<Entity, string>,
  { setting, named }: { setting: string; named: readonly string[] },
): Webhooks {
  const withoutOff = ({ record, due, ...event }: WebhookEvent): WebhookEvent => {
    const name = record && off.get(record.entity);
    return {
      ...event,
      ...(name === undefined ? record && { record } : { ignored: `${setting} does not name ${name}` }),
      ...(due && { due: due.filter((stream) => named.includes(stream)) }),
    };
  };
  return {
    ...webhooks,
    parseEvent(body) {
      const event = webhooks.parseEvent(body);
      return event && withoutOff(event);
    },
  };
}

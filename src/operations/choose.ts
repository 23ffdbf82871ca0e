import { closest } from 'fastest-levenshtein';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../model/errors.ts';
import type { Source } from '../model/source.ts';
import type { Stream } from '../model/stream.ts';
import { streamEntities } from '../sources/index.ts';

/** A stream with the source it belongs to. */
export interface Chosen {
  source: Source;
  stream: Stream;
}

/** Returns the sources of an account, or all sources. Throws a ConfigError for an account that has no credential. */
export function chooseSources({ sources }: Config, account: string | undefined): readonly Source[] {
  if (account === undefined) return sources;
  const found = sources.filter((source) => source.account === account);
  if (found.length > 0) return found;
  const known = [...new Set(sources.map((source) => source.account))];
  if (known.length === 0) throw noSource();
  throw new ConfigError(
    'CS1108',
    `${account} is not an account: did you mean ${closest(account, known)}? Accounts: ${known.join(', ')}`,
  );
}

/**
 * Returns the named streams, of one account or of all that have them. Throws a ConfigError for an unknown name, or if
 * no source is turned on.
 */
export function chooseStreams(config: Config, names: readonly string[], account?: string): Chosen[] {
  const sources = chooseSources(config, account);
  const all = sources.flatMap((source) => source.streams.map((stream) => ({ source, stream })));
  if (all.length === 0) throw noSource();
  return names.length === 0 ? all : find(all, names);
}

/**
 * Returns the resource that is requested by id, for each account that has it: a stream, or a resource without a list.
 * Throws a ConfigError.
 */
export function chooseResource(config: Config, name: string, account?: string): Chosen[] {
  const all = chooseSources(config, account).flatMap((source) =>
    [...source.streams, ...source.lookupOnly].map((stream) => ({ source, stream })),
  );
  if (all.length === 0) throw noSource();
  return find(all, [name]);
}

/** Returns the error that says how to turn a source on. */
export const noSource = () =>
  new ConfigError(
    'CS1212',
    'no source is turned on: set POLAR_ACCESS_TOKEN to an organization access token with checkout_links:read and checkouts:read, or FYNN_API_KEY and FYNN_API_URL',
  );

function find(all: readonly Chosen[], names: readonly string[]): Chosen[] {
  return [...new Set(names)].flatMap((name) => {
    const found = all.filter(({ stream }) => stream.name === name);
    if (found.length > 0) return found;
    const known = [...new Set(all.map(({ stream }) => stream.name))];
    if (name in streamEntities)
      throw new ConfigError('CS1107', `${name} is turned off by the settings. Streams: ${known.join(', ')}`);
    throw unknownStream(name, known);
  });
}

/** Returns the error for an unknown stream, which lists the known ones. */
export const unknownStream = (name: string, known: readonly string[]) =>
  new ConfigError(
    'CS1106',
    `${name} is not a stream: did you mean ${closest(name, known)}? Streams: ${known.join(', ')}`,
  );

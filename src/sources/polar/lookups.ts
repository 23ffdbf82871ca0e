import { isObject } from '../../model/json.ts';
import type { Stream } from '../../model/stream.ts';
import { isEmptyList } from './api.ts';
import { parseList } from './list.ts';
import type { PolarConfig } from './settings.ts';

/** A way to request a single record. */
type Lookup = (
  path: string,
  config: Pick<PolarConfig, 'version'>,
) => Pick<Stream, 'recordPath' | 'recordIn' | 'isNotFound'>;

const recordIn: Stream['recordIn'] = (body) => (isObject(body) && body.id !== undefined ? body : undefined);

/** Ways to request a single record: by its address, by the filter `id` of its list, or not at all. */
export const lookups = {
  address: (path) => ({ recordPath: (id) => `${path}/${encodeURIComponent(id)}`, recordIn }),
  // The response is the same list, empty where there is no such record.
  filter: (path, config) => ({
    recordPath: (id) => `${path}/?${new URLSearchParams({ id, limit: '1' }).toString()}`,
    recordIn: (body) => parseList(body)?.records.find(isObject),
    isNotFound: isEmptyList(config),
  }),
  none: () => ({ recordPath: null, recordIn }),
} as const satisfies Record<string, Lookup>;

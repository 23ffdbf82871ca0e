import { requireColumn, type Entity } from '../../model/entity.ts';
import { isObject } from '../../model/json.ts';
import type { Stream } from '../../model/stream.ts';
import { declaredStreams } from './declared-streams.ts';
import { listQuery, parseList } from './list.ts';
import { lookups } from './lookups.ts';
import type { PolarConfig } from './settings.ts';

/** The entities of Polar's streams by the streams' names, whatever the configuration. */
export const polarStreams: Readonly<Record<string, Entity>> = Object.fromEntries(
  declaredStreams.map(({ name, entity }) => [name, entity]),
);

/** Returns the streams of an account. All but the core ones are optional. */
export function polarStreamsOf(config: Pick<PolarConfig, 'account' | 'organizationId' | 'version'>): Stream[] {
  const { account, organizationId } = config;
  const scope: Stream['scope'] = organizationId ? { organization_id: organizationId } : {};
  return declaredStreams.map(
    ({ path, isOwner, lookup = 'address', filter, discovery = { by: 'date' }, ...particular }): Stream => {
      const { entity } = particular;
      const date = discovery.by === 'date' ? discovery.date : undefined;
      return {
        account,
        scope,
        isOptional: true,
        pageSize: 100,
        ownerColumn: isOwner ? null : requireColumn(entity, 'organization_id'),
        listPath: (list, page, limit) =>
          `${path}/?${listQuery({ ...list, date: list.date ?? date, filter: { ...filter, ...list.filter } }, page, limit)}`,
        parseList,
        discovery,
        ...lookups[lookup](path, config),
        ...(isOwner && organizationId !== undefined && onlyRecord(path, organizationId)),
        ...particular,
      };
    },
  );
}

/** Reads the one organization that the settings name in place of the list, which has no filter for it. */
const onlyRecord = (path: string, id: string): Pick<Stream, 'scope' | 'listPath' | 'parseList'> => ({
  scope: { id },
  listPath: () => `${path}/${encodeURIComponent(id)}`,
  parseList: (body) =>
    isObject(body) && body.id !== undefined ? { records: [body], total: 1, maxPage: 1 } : undefined,
});

import { createHash } from 'node:crypto';
import pg from 'pg';
import { planOf, type TablePlan } from '../../src/database/table-plan.ts';
import { entitiesWithin, type Entity, type Relation } from '../../src/model/entity.ts';
import { streamEntities } from '../../src/sources/index.ts';

/** A join table, and the table of the parents that stand for it in the feed. */
interface SetTable {
  plan: TablePlan;
  parent: TablePlan;
}

/** The entities of a source's streams, and all that nests in them. */
const entitiesOf = (source: string): Entity[] => {
  const streams = Object.entries(streamEntities).filter(([stream]) => stream.startsWith(`${source}.`));
  return [...new Set(streams.flatMap(([, entity]) => [...entitiesWithin(entity)]))];
};

const isSet = (relation: Relation) => relation.kind === 'set';

const setsOf = (source: string): SetTable[] =>
  entitiesOf(source).flatMap(({ table, relations }) =>
    Object.values(relations)
      .filter(isSet)
      .map(({ into }) => ({ plan: planOf(into), parent: planOf(table) })),
  );

/**
 * SQL that records each row of the sources' tables that is written, by triggers: what the feed must say.
 */
export const FEED_AUDIT = `
create schema audit;
create table audit.writes (relation text not null, id text not null, op text not null, version_at timestamptz, observed_at timestamptz);
create function audit.write() returns trigger language plpgsql as $$ begin
  insert into audit.writes values (format('%s.%s', tg_table_schema, tg_table_name), coalesce(new.id, old.id)::text,
    case when tg_op = 'INSERT' then 'i' when tg_op = 'DELETE' then 'd'
      when old.deleted_at is null and new.deleted_at is not null then 't'
      when old.deleted_at is not null and new.deleted_at is null then 'r' else 'u' end,
    coalesce(new.version_at, old.version_at), new.observed_at);
  return null;
end $$;
do $$ declare name text; begin
  for name in select format('%I.%I', c.table_schema, c.table_name) from information_schema.columns c
    where c.table_schema in ('polar', 'fynn') and c.column_name = 'observed_at' loop
    execute format('create trigger checkout_sync_audit after insert or update or delete on %s for each row execute function audit.write()', name);
  end loop;
end $$;`;

const onlyIn = (columns: string, one: string, other: string, where: string) =>
  `select ${columns} from ${one} where ${where} except all select ${columns} from ${other} where ${where}`;

/** Finds writes that are missing in the feed, and changes of the feed that nothing was written for; with or without their times. */
export function feedDifferences(withTimes: boolean): string {
  const columns = withTimes ? 'relation, id, op, version_at, observed_at' : 'relation, id, op';
  const compare = (tables: readonly [string, string], where: string, what: string) =>
    [tables, tables.toReversed()].map(
      ([one = '', other = ''], at) =>
        `select '${at === 0 ? 'not in the feed' : 'only in the feed'}: ' || d::text as what from (${onlyIn(what, one, other, where)}) d`,
    );
  const tables = ['audit.writes', 'sync.changes'] as const;
  return [...compare(tables, "op <> 'd'", columns), ...compare(tables, "op = 'd'", 'relation, id, op')].join(
    ' union all ',
  );
}

/** Options of a consumer, each with a default. */
interface ConsumerOptions {
  /** Returns the copy of a row `t`, as SQL; default all of it. */
  copy?: string;
  /** Returns true if the process dies between reading and storing. */
  dies?: () => boolean;
  batch?: number;
}

/** A consumer of a source's change feed that keeps a copy of its tables. */
export interface Consumer {
  /** Reads the feed to its end, without a death. */
  drain: (url: string) => Promise<void>;
  /** Polls until the signal, on a session that is replaced when it is lost. */
  follow: (url: () => string, everyMs: number, signal: AbortSignal) => Promise<void>;
  /** The `seq` of each change that was stored, in the order of its arrival. */
  delivered: readonly number[];
  /** Number of times that it died, or lost its session. */
  deaths: () => number;
  /** A hash per table of the copy, and of the table itself. */
  compare: (client: Pick<pg.ClientBase, 'query'>) => Promise<Record<string, { copy: string; table: string }>>;
}

interface Change {
  seq: number;
  relation: string;
  id: string;
}

/** Change of a row or set, by table and id; `content` is undefined for a deleted one. */
interface Update {
  table: string;
  id: string;
  content: string | undefined;
}

const hashOf = (rows: Iterable<string>) =>
  createHash('sha256')
    .update([...rows].toSorted().join('\n'))
    .digest('hex');

/** A consumer that begins with an empty copy at the start of the feed. */
export function createConsumer(
  source: string,
  { copy = 't::text', dies = () => false, batch = 500 }: ConsumerOptions = {},
): Consumer {
  const [entities, sets] = [entitiesOf(source).map(({ table }) => planOf(table)), setsOf(source)];
  const stored = new Map(
    [...entities, ...sets.map(({ plan }) => plan)].map(({ name }) => [name, new Map<string, string>()]),
  );
  const delivered: number[] = [];
  let [watermark, deaths] = [0, 0];

  async function read(client: pg.ClientBase): Promise<{ changes: Change[]; updates: Update[] }> {
    await client.query('begin isolation level repeatable read read only');
    const { rows: changes } = await client.query<Change>(
      'select seq::int, relation, id from sync.changes where source = $1 and seq > $2 order by seq limit $3',
      [source, watermark, batch],
    );
    const updates: Update[] = [];
    for (const [relation, of] of Map.groupBy(changes, (change) => change.relation)) {
      const ids = [...new Set(of.map(({ id }) => id))];
      const plan = entities.find(({ name }) => name === relation);
      if (!plan) throw new Error(`the feed names ${relation}, which is no table of ${source}`);
      updates.push(...(await contentOf(client, plan, 'id', ids, copy)));
      for (const set of sets.filter(({ parent }) => parent === plan))
        updates.push(...(await contentOf(client, set.plan, set.plan.key[0] ?? '', ids, 't::text')));
    }
    await client.query('commit');
    return { changes, updates };
  }

  async function poll(client: pg.ClientBase, mayDie: boolean): Promise<number> {
    const { changes, updates } = await read(client);
    if (mayDie && changes.length > 0 && dies()) throw new Error('the consumer died');
    for (const { table, id, content } of updates)
      if (content === undefined) stored.get(table)?.delete(id);
      else stored.get(table)?.set(id, content);
    delivered.push(...changes.map(({ seq }) => seq));
    watermark = changes.at(-1)?.seq ?? watermark;
    return changes.length;
  }

  const withSession = async (url: string, work: (client: pg.Client) => Promise<void>) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined); // the next query fails
    try {
      await client.connect();
      await work(client);
    } finally {
      await client.end().catch(() => undefined);
    }
  };

  return {
    delivered,
    deaths: () => deaths,
    drain: (url) =>
      withSession(url, async (client) => {
        while ((await poll(client, false)) > 0);
      }),
    async follow(url, everyMs, signal) {
      while (!signal.aborted)
        await withSession(url(), async (client) => {
          while (!signal.aborted) {
            await poll(client, true);
            await new Promise((done) => setTimeout(done, everyMs));
          }
        }).catch(async () => {
          deaths += 1;
          await new Promise((done) => setTimeout(done, everyMs));
        });
    },
    async compare(client) {
      const hashes: Record<string, { copy: string; table: string }> = {};
      for (const plan of [...entities, ...sets.map((set) => set.plan)]) {
        const isEntity = plan.key.length === 1;
        const found = await contentOf(client, plan, plan.key[0] ?? '', null, isEntity ? copy : 't::text');
        const table = found.flatMap(({ content }) => content ?? []);
        hashes[plan.name] = { copy: hashOf(stored.get(plan.name)?.values() ?? []), table: hashOf(table) };
      }
      return hashes;
    },
  };
}

/** Returns a table's contents for these ids, or for all; the members of a set are one text. */
async function contentOf(
  client: Pick<pg.ClientBase, 'query'>,
  { name, sqlName, columns }: TablePlan,
  key: string,
  ids: readonly string[] | null,
  copy: string,
): Promise<Update[]> {
  const type = columns.find((column) => column.name === key)?.sqlType;
  const { rows } = await client.query<{ id: string; content: string }>(
    `select t."${key}"::text as id, string_agg((${copy})::text, chr(10) order by (${copy})::text) as content
     from ${sqlName} t where $1::${type}[] is null or t."${key}" = any($1) group by 1`,
    [ids],
  );
  const found = new Map(rows.map(({ id, content }) => [id, content]));
  return [...(ids ?? found.keys())].map((id) => ({ table: name, id, content: found.get(id) }));
}

import type { Fault } from '../../src/simulator/faults.ts';
import { until } from '../support/service.ts';
import type { Accounts, Environment } from './environment.ts';
import type { Outage, OutageStep } from './schedule.ts';
import type { Source } from './source.ts';

type AccountName = keyof Accounts;

/** Streams of each account that are walked most often. */
const STREAMS = {
  'polar/default': ['polar.checkout_links', 'polar.checkouts'],
  'polar/acme': ['polar.checkout_links', 'polar.checkouts'],
  'polar/shop': ['polar.customers', 'polar.orders'],
  'fynn/default': ['fynn.checkout_links', 'fynn.price_plans'],
} satisfies Record<AccountName, string[]>;

const NAMES = Object.keys(STREAMS).filter((name): name is AccountName => name in STREAMS);

/** Timeout of a hanging step, long enough for a busy machine. */
const LONGEST_MS = 600_000;

/** Waits until the identity of each account is stored. */
export const untilKnown = ({ postgres }: Environment): Promise<void> =>
  until(
    'each account has an identity',
    async () => {
      const known = await postgres.query(`select from sync.accounts where identity <> '{}'`).catch(() => []); // Postgres is down
      return known.length === NAMES.length;
    },
    LONGEST_MS,
  );

/** Lets an outage of one account last until `wait` resolves. */
type Perform = (environment: Environment, at: AccountName, source: Source, wait: () => Promise<void>) => Promise<void>;

const always =
  (fault: Fault): Perform =>
  (_environment, _at, source, wait) =>
    source.during(fault, wait);

const PERFORM: Record<Outage, Perform> = {
  'refuse the credential': async ({ accounts }, at, _source, wait) => {
    const right = replaceCredential(accounts[at], 'a credential that was revoked');
    await wait().finally(() => replaceCredential(accounts[at], right));
  },
  'ask for a long pause': always({ fault: 'status', status: 429, headers: { 'retry-after': '6' }, body: 'Slow down' }),
  'respond to nothing': always('reset'),
  'show another organization': async (environment, _at, _source, wait) => {
    const { workers, postgres, swapped } = environment;
    const restart = async (more?: Record<string, string>) => {
      const each = workers.processes.keys().map(async (place) => {
        await workers.end(place, 'SIGTERM');
        await workers.start(place, more);
      });
      await Promise.all(each);
    };
    const since = await timeOf(environment);
    await restart(swapped);
    await until('the other organization is refused', async () => {
      const refused = `select from sync.runs where account = 'acme' and started_at > $1 and error like 'the account acme of polar % shows %'`;
      return (await postgres.query(refused, [since])).length > 0;
    });
    await wait();
    await restart();
  },
};

/** The present by the database's clock. */
async function timeOf({ postgres }: Pick<Environment, 'postgres'>): Promise<string | undefined> {
  const [row] = await postgres.query<{ now: string }>('select now()::text as now');
  return row?.now;
}

/** Makes a simulator accept another credential only; returns the one before. */
function replaceCredential(simulator: Accounts[AccountName], credential: string): string {
  if ('polar' in simulator) {
    const { settings } = simulator.polar;
    const { token } = settings;
    settings.token = credential;
    return token;
  }
  const { settings } = simulator.fynn;
  const { apiKey } = settings;
  settings.apiKey = credential;
  return apiKey;
}

/** Performs an outage, and ends it when each stream of every other account has a complete walk that began during it. */
export async function performOutage(environment: Environment, { kind, at }: OutageStep, source: Source): Promise<void> {
  await environment.postgres.query('insert into chaos.outages (source, account) values ($1, $2)', at.split('/'));
  const others = NAMES.filter((name) => name !== at);
  await PERFORM[kind](environment, at, source, () => untilWalked(environment, others, kind));
}

async function untilWalked({ postgres }: Environment, names: readonly AccountName[], kind: Outage): Promise<void> {
  const since = await timeOf({ postgres });
  for (const name of names)
    for (const stream of STREAMS[name]) {
      const complete = `select from sync.runs where account = $1 and stream = $2 and outcome = 'complete' and started_at > $3`;
      const isWalked = async () => (await postgres.query(complete, [name.split('/')[1], stream, since])).length > 0;
      await until(`${stream} of ${name} is walked while another account has this: ${kind}`, isWalked, LONGEST_MS);
    }
}

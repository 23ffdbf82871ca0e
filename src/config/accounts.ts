import { closest, distance } from 'fastest-levenshtein';
import type { UsageProblem } from '../model/errors.ts';
import { isLoopback } from '../model/loopback.ts';
import { DEFAULT_ACCOUNT as DEFAULT } from '../model/stream.ts';
import type { PrivacySettings } from '../model/privacy.ts';
import type { Source } from '../model/source.ts';
import type { AccountSettings, Environment, SourceDefinition } from '../model/source-definition.ts';
import { proxyFor, type ProxySettings } from './proxy.ts';

/** A setting that has no effect, because the one it depends on is not set. */
export interface IdleSetting {
  setting: string;
  needs: string;
}

/** The accounts of the settings, and the problems found. */
export interface Accounts {
  sources: Source[];
  idle: IdleSetting[];
  problems: UsageProblem[];
  secrets: (readonly [setting: string, secret: string])[];
}

/** Settings that all accounts share. */
export interface SharedSettings extends ProxySettings {
  ALLOW_INSECURE_HTTP: string;
  privacy: PrivacySettings;
}

/** An account as written: its suffix, and its settings under the names of the account `default`. */
interface Written {
  suffix: string;
  given: Record<string, string>;
}

/** Reads every account of every source; {@link shared} is undefined if it cannot be read itself. */
export function readAccounts(
  definitions: readonly SourceDefinition[],
  given: Environment,
  shared: SharedSettings | undefined,
): Accounts {
  const found: Accounts = { sources: [], idle: [], problems: [], secrets: [] };
  for (const definition of definitions) {
    const { accounts, problems } = accountsOf(definition, given);
    found.problems.push(...problems);
    for (const [account, written] of accounts) readAccount(found, definition, { account, ...written }, shared);
  }
  return found;
}

function readAccount(
  found: Accounts,
  definition: SourceDefinition,
  { account, suffix, given }: Written & { account: string },
  shared: SharedSettings | undefined,
): void {
  const nameOf = (setting: string) => setting + suffix;
  const settings = definition.read(given);
  found.secrets.push(...settings.secrets.map(([name, secret]) => [nameOf(name), secret] as const));
  found.idle.push(...idleSettings(definition, account, given).map((setting) => idle(definition, setting, suffix)));
  const isHomeless = given[definition.credential] !== undefined && !settings.create && settings.problems.length === 0;
  found.problems.push(
    ...settings.problems.map(({ setting, message }) => invalid(nameOf(setting), message)),
    ...(isHomeless ? [missingAddress(definition, nameOf)] : []),
    ...insecureAddress(nameOf(definition.address), settings, shared),
  );
  if (shared && settings.create)
    found.sources.push(
      settings.create({
        account,
        nameOf,
        proxyFor: (address) => proxyFor(address, shared),
        privacy: shared.privacy,
      }),
    );
}

/** Returns the accounts that settings of a source name, `default` first. */
function accountsOf({ settingNames }: SourceDefinition, environment: Environment) {
  const accounts = new Map<string, Written>([[DEFAULT, { suffix: '', given: {} }]]);
  const problems: UsageProblem[] = [];
  for (const name of Object.keys(environment).toSorted()) {
    const value = environment[name];
    const setting = settingNames.find((one) => name === one || name.startsWith(`${one}__`));
    if (setting === undefined || value === undefined) continue;
    const suffix = name.slice(setting.length);
    const account = suffix === '' ? DEFAULT : suffix.slice(2).toLowerCase();
    const written = accounts.get(account) ?? { suffix, given: {} };
    const problem = suffix === '' ? undefined : problemOfSuffix(account, setting, written);
    if (problem === undefined) accounts.set(account, { ...written, given: { ...written.given, [setting]: value } });
    else problems.push({ code: 'CS1209', message: `${name} ${problem}` });
  }
  return { accounts, problems };
}

function problemOfSuffix(account: string, setting: string, { suffix, given }: Written): string | undefined {
  if (account === DEFAULT) return `must be written without a suffix: ${setting} is of the account default`;
  if (!/^[a-z][a-z0-9_]{0,31}$/.test(account))
    return `must end with the name of an account after the two underscores: a letter, then at most 31 letters, digits and _`;
  return given[setting] === undefined ? undefined : `must be set once: ${setting}${suffix} is the same setting`;
}

/**
 * Returns the settings that have no effect without the account's credential: its webhook secret, and for a named
 * account all others.
 */
function idleSettings({ credential, webhookSecret }: SourceDefinition, account: string, given: Environment): string[] {
  if (given[credential] !== undefined) return [];
  return Object.keys(given).filter((setting) => account !== DEFAULT || setting === webhookSecret);
}

const idle = ({ credential }: SourceDefinition, setting: string, suffix: string): IdleSetting => ({
  setting: setting + suffix,
  needs: credential + suffix,
});

const invalid = (setting: string, message: string): UsageProblem => ({
  code: 'CS1201',
  message: `${setting} ${message}`,
});

const missingAddress = (
  { credential, address }: SourceDefinition,
  nameOf: (setting: string) => string,
): UsageProblem => ({
  code: 'CS1202',
  message: `${nameOf(address)} must be set with ${nameOf(credential)}: the address of your tenant's API`,
});

/** Returns the problem of an address to which the credential would be sent unencrypted over a network. */
function insecureAddress(
  setting: string,
  { url }: AccountSettings,
  shared: SharedSettings | undefined,
): UsageProblem[] {
  if (shared?.ALLOW_INSECURE_HTTP !== '0' || url === undefined || !isInsecure(url)) return [];
  const message = `${setting} must begin with https://: the credential would be sent in clear; ALLOW_INSECURE_HTTP=1 allows it`;
  return [{ code: 'CS1207', message }];
}

/** True for plain HTTP to another machine. RFC 6761: *.localhost is this one. */
export function isInsecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/\.$/, '');
  return protocol === 'http:' && !isLoopback(host) && !host.endsWith('.localhost');
}

/** Settings without one of our prefixes that must not be ignored silently. */
const PROTECTIVE = ['PRIVATE_COLUMNS', 'KEEP_PERSONAL_DATA'];

const isMistyped = (name: string) => PROTECTIVE.some((one) => name !== one && distance(name, one) <= 2);

/** Returns each unknown setting with one of our prefixes: most likely a typo, which would silently have no effect. */
export function unknownNames(
  definitions: readonly SourceDefinition[],
  environment: Environment,
  others: { names: readonly string[]; isKnown: (name: string) => boolean },
): UsageProblem[] {
  const prefixes = [...definitions.map(({ name }) => name.toUpperCase()), 'SYNC'];
  const ofSources = definitions.flatMap(({ settingNames }) => settingNames);
  const known = [...others.names, ...ofSources];
  return Object.keys(environment)
    .filter(
      (name) => (prefixes.some((prefix) => name.startsWith(`${prefix}_`)) && !others.isKnown(name)) || isMistyped(name),
    )
    .flatMap((name) => {
      const [, base = name, suffix = ''] = /^(.*?)(__.*)?$/.exec(name) ?? [];
      if (known.includes(name) || ofSources.includes(base)) return [];
      const near = closest(base, known);
      const hint =
        distance(base, near) <= 4 ? `did you mean ${near}${suffix}?` : 'remove it; README lists the settings';
      return [{ code: 'CS1206', message: `${name} is not a setting: ${hint}` }];
    });
}

import { z } from 'zod';
import type { Entity } from './entity.ts';
import type { PrivacySettings } from './privacy.ts';
import { selectStreams } from './select-streams.ts';
import { streamNames } from './setting.ts';
import type { Proxy, Source } from './source.ts';

/** Settings by the names users write. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The account for which a source is created, and its surroundings. */
export interface AccountContext {
  account: string;
  /** Returns the name of a setting as users write it for this account, such as `POLAR_API_URL__ACME`. */
  nameOf: (setting: string) => string;
  /** Returns the proxy for requests to an address; undefined for none. */
  proxyFor: (address: string) => Proxy | undefined;
  privacy: PrivacySettings;
}

/** The settings of one account, read and checked. */
export interface AccountSettings {
  /** One entry per invalid setting. */
  problems: readonly { setting: string; message: string }[];
  /** The API's address; undefined if it is not set or invalid. */
  url: string | undefined;
  /** Values that must not appear in any text. */
  secrets: readonly (readonly [setting: string, secret: string])[];
  /** Creates the account's source; absent without a credential, or if there are problems. */
  create?: (context: AccountContext) => Source;
}

interface SourceDeclaration {
  /** The provider: prefix of its streams, and name of its SQL schema. */
  name: string;
  /** The entity of every stream, by the stream's name. */
  entities: Readonly<Record<string, Entity>>;
  /** The setting that turns the source on. */
  credential: string;
  /** The setting with the API's address; without a default, it must be set with the credential. */
  address: string;
  /** The setting that turns the webhooks on. */
  webhookSecret: string;
}

/** A provider's settings and streams, independent of the configuration. */
export interface SourceDefinition extends SourceDeclaration {
  /** Every setting by its name for the account `default`. */
  settingNames: readonly string[];
  /** Reads the settings of one account, under the names of the account `default`. */
  read: (given: Environment) => AccountSettings;
}

/**
 * Describes a provider by its settings, and by how those of an account become a source. Adds a setting such as
 * `POLAR_STREAMS`, which names the streams.
 */
export function defineSource<S extends z.ZodObject>(
  declared: SourceDeclaration & {
    settings: S;
    /** Called with the settings of an account that has a credential and an address. */
    create: (values: z.output<S>, context: AccountContext) => Source;
  },
): SourceDefinition {
  const { settings, create, ...rest } = declared;
  const { credential, address, webhookSecret } = rest;
  const streamsSetting = `${rest.name.toUpperCase()}_STREAMS`;
  const selection = z.object({ [streamsSetting]: streamNames(rest.name, Object.keys(rest.entities)).optional() });
  return {
    ...rest,
    settingNames: [...Object.keys(settings.shape), streamsSetting],
    read(given) {
      const [parsed, selected] = [settings.safeParse(given), selection.safeParse(given)];
      const problems = [parsed, selected].flatMap(({ error }) => (error ? problemsOf(error) : []));
      if (!parsed.success || !selected.success) return { problems, url: undefined, secrets: [] };
      const values: z.output<S> = parsed.data;
      const fields: Readonly<Record<string, unknown>> = values;
      const textOf = (name: string) => [fields[name] ?? []].flat().filter((value) => typeof value === 'string');
      const [url] = textOf(address);
      const isOn = textOf(credential).length > 0;
      const named = selected.data[streamsSetting];
      const createSelected = (context: AccountContext) =>
        selectStreams(create(values, context), rest.entities, { setting: context.nameOf(streamsSetting), named });
      return {
        problems: [],
        url,
        secrets: [credential, webhookSecret].flatMap((name) => textOf(name).map((secret) => [name, secret] as const)),
        ...(isOn && url !== undefined && { create: createSelected }),
      };
    },
  };
}

const problemsOf = ({ issues }: z.ZodError) =>
  issues.map(({ path, message }) => ({ setting: path.join('.'), message }));

import { isObject, type Json, type JsonObject } from '../../src/model/json.ts';

const plain = (key: string) => key.toLowerCase().replaceAll(/[-_ ]/g, '');

/** True for a key that the source says to hold a credential, in any spelling. */
export const isSecretName = (key: string, secretKeys: ReadonlySet<string>) =>
  [...secretKeys].some((known) => plain(known) === plain(key));

/** True for a field of the kind that nobody has documented, when its name is one that credentials have. */
export const isSuspicious = (key: string, value: Json, secretKeys: ReadonlySet<string>) =>
  isSecretName(key, secretKeys) ||
  (typeof value === 'string' && /(token|secrets?|password|(api|access|private|secret|signing)key)$/.test(plain(key)));

interface Secrecy {
  isSecret: (key: string, value: Json) => boolean;
  /** Credentials of the record by their keys: inside of other texts they are blanked out. */
  secrets: readonly (readonly [key: string, secret: string])[];
}

/** The fields of a record's part without credentials, at any depth. A part's own keys are its columns. */
export function withoutSecrets(part: JsonObject, secrecy: Secrecy): JsonObject {
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, clean(value, secrecy)]));
}

function clean(value: Json, secrecy: Secrecy): Json {
  if (typeof value === 'string')
    return secrecy.secrets.reduce((text, [key, secret]) => text.replaceAll(secret, `[${key}]`), value);
  if (Array.isArray(value)) return value.map((inner) => clean(inner, secrecy));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !secrecy.isSecret(key, inner));
  return withoutSecrets(Object.fromEntries(kept), secrecy);
}

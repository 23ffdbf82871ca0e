import { closest } from 'fastest-levenshtein';
import { z } from 'zod';

const MOST_REQUESTS = 1_000_000_000;
const notWhole = { error: `must be a whole number from 1 to ${MOST_REQUESTS}` };

/** Returns the schema of a request budget: a positive whole number. */
export const requestsPerMinute = () =>
  z
    .string()
    .regex(/^[1-9]\d{0,9}$/, notWhole)
    .transform(Number)
    .refine((value) => value <= MOST_REQUESTS, notWhole);

/** Schema of a number of days: a positive whole number. */
export const days = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, { error: 'must be a whole number of days from 1 to 99999' })
  .transform(Number);

/** Returns the schema of a text of visible characters only. */
export const noSpaces = (error: string) => z.string().regex(/^[\x21-\x7e]+$/, { error });

/** Matches a secret that is too long to guess. */
export const SECRET = /^[\x21-\x7e]{16,}$/;

/**
 * Returns the secrets of a list. A text without spaces is also a secret itself, because a single secret may contain
 * commas.
 */
function secretsIn(list: string): string[] {
  const whole = list.trim();
  const parts = whole.split(',').map((secret) => secret.trim());
  return parts.length > 1 && !/\s/.test(whole) ? [...parts, whole] : parts;
}

/** Returns the schema of a webhook endpoint's secrets, separated by commas. */
export const webhookSecrets = () =>
  z
    .string()
    .transform(secretsIn)
    .refine((list) => list.every((secret) => SECRET.test(secret)), {
      error: "must be the endpoint's secret, 16 characters or more without spaces; commas separate several",
    });

/**
 * Returns the schema of a time zone by its IANA name; Postgres reads an offset such as +05:30 with the opposite sign.
 */
export const timeZone = () =>
  z.string().refine((name) => /^(UTC|[A-Za-z_]+(\/[\w+-]+)+)$/.test(name) && isKnownZone(name), {
    error: 'must be the name of a time zone, such as UTC or Europe/Berlin',
  });

function isKnownZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Returns the schema of names separated by commas. */
export const nameList = () =>
  z
    .string()
    .transform((list) => [...new Set(list.split(',').map((name) => name.trim()))].filter((name) => name !== ''));

/** Returns the schema of an API's address. */
export const apiUrl = (example: string) =>
  z
    .url({ protocol: /^https?$/, abort: true, error: `must be an http(s) URL, such as ${example}` })
    .refine((url) => !URL.canParse(url) || !(new URL(url).username || new URL(url).password), {
      error: 'must not contain a user or password',
    });

/**
 * Returns the schema of a source's streams, separated by commas, with or without the source's prefix; `known` are their
 * full names.
 */
export const streamNames = (source: string, known: readonly string[]) =>
  z.string().transform((list, { issues }) => {
    const named = list.split(',').map((text) => text.trim());
    const names = named.map((name) => (name.startsWith(`${source}.`) ? name : `${source}.${name}`));
    for (const [index, name] of names.entries())
      if (!known.includes(name))
        issues.push({
          code: 'custom',
          input: list,
          message: noSuchStream(named[index] ?? '', closest(name, known), known),
        });
    return names;
  });

const noSuchStream = (name: string, near: string, known: readonly string[]) =>
  `must name streams, separated by commas; ${name || 'an empty text'} is none: did you mean ${near}? Streams: ${known.join(', ')}`;

import { z } from 'zod';

const MOST_REQUESTS = 1_000_000_000;
const notWhole = { error: `must be a whole number from 1 to ${MOST_REQUESTS}` };

/** A budget of requests: a positive whole number. */
export const requestsPerMinute = () =>
  z
    .string()
    .regex(/^[1-9]\d{0,9}$/, notWhole)
    .transform(Number)
    .refine((value) => value <= MOST_REQUESTS, notWhole);

/** A number of days: a positive whole number. */
export const days = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, { error: 'must be a whole number of days from 1 to 99999' })
  .transform(Number);

/** Text of visible characters only. */
export const noSpaces = (error: string) => z.string().regex(/^[\x21-\x7e]+$/, { error });

/** Matches a secret that is too long to be guessed. */
export const SECRET = /^[\x21-\x7e]{16,}$/;

/** Returns the secrets of a list. A text without spaces is also one itself, as a single secret may contain commas. */
function secretsIn(list: string): string[] {
  const whole = list.trim();
  const parts = whole.split(',').map((secret) => secret.trim());
  return parts.length > 1 && !/\s/.test(whole) ? [...parts, whole] : parts;
}

/** The secrets of a webhook endpoint, separated by commas. */
export const webhookSecrets = () =>
  z
    .string()
    .transform(secretsIn)
    .refine((list) => list.every((secret) => SECRET.test(secret)), {
      error: "must be the endpoint's secret, 16 characters or more without spaces; commas separate several",
    });

/** The address of an API. */
export const apiUrl = (example: string) =>
  z
    .url({ protocol: /^https?$/, abort: true, error: `must be an http(s) URL, such as ${example}` })
    .refine((url) => !URL.canParse(url) || !(new URL(url).username || new URL(url).password), {
      error: 'must not contain a user or password',
    });

import { isObject, type Json } from './json.ts';
import { mayContain } from './may-contain.ts';

/** Minimum length; a shorter value may occur anywhere by chance. */
const SHORTEST = 8;

/** Length by which a secret is recognized; no server accepts a longer header. */
const LONGEST = 4096;

/**
 * Maximum size of the remembered forms, because the size of a pattern is limited: a process that reads its settings
 * repeatedly forgets the oldest.
 */
const MOST_CHARACTERS = 500_000;

/** Replacements by each form in which a secret may appear. */
const forms = new Map<string, string>();
let pattern: RegExp | undefined;
let mayHoldForm = (_text: string) => false;

/**
 * Remembers a configured secret for the life of the process, so that {@link scrub} recognizes it in every form in which
 * a source, a proxy or a driver may repeat it. `name` replaces it.
 */
export function rememberSecret(name: string, whole: string): void {
  if (whole.length < SHORTEST) return;
  const secret = whole.slice(0, LONGEST);
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.toWellFormed());
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  // PHP writes a slash in JSON as \/.
  const written = [secret, json, json.replaceAll('/', String.raw`\/`), url, encodeURI(secret.toWellFormed()), html];
  for (const form of [...written, ...inBase64(secret)]) forms.set(form.toLowerCase(), `[${name}]`);
  let characters = [...forms.keys()].join('').length;
  for (const form of forms.keys()) {
    if (characters <= MOST_CHARACTERS) break;
    forms.delete(form);
    characters -= form.length;
  }
  const longestFirst = [...forms.keys()].toSorted((one, other) => other.length - one.length);
  pattern = new RegExp(longestFirst.map(escapePattern).join('|'), 'gi');
  mayHoldForm = mayContain(longestFirst);
}

/**
 * Returns the forms of a secret inside base64, such as the user and password of basic authentication. Three bytes are
 * four letters, so there are three forms, without the letters that also encode neighbouring bytes.
 */
function inBase64(secret: string): string[] {
  const cores = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const whole = bytes.subarray(before === 0 ? 0 : 3, bytes.length - (bytes.length % 3));
    return whole.toString('base64');
  });
  const long = cores.filter((core) => core.length >= SHORTEST);
  return long.flatMap((core) => [core, core.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** Returns a pattern that matches only this text. */
export const escapePattern = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** Returns the text with each configured secret replaced by the name of its setting. */
export const scrub = (text: string): string =>
  pattern && mayHoldForm(text) ? text.replace(pattern, (form) => forms.get(form.toLowerCase()) ?? '[secret]') : text;

/** Scrubs every text in a JSON value, keys included. */
export function scrubJson(value: Json): Json {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map(scrubJson);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [scrub(key), scrubJson(inner)]));
}

/** Parses JSON from outside with the given parser, and removes configured secrets from it. */
export function parseScrubbed(text: string, parse: (text: string) => Json): Json {
  const value = parse(text);
  return scrub(text) === text ? value : scrubJson(value);
}

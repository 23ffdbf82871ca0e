import { isObject, type Json } from './json.ts';

/** A shorter value might be a part of anything. */
const SHORTEST = 8;

/** No server takes a header that is longer; of more than this, a secret is known by its beginning. */
const LONGEST = 4096;

/** Of a process that reads its settings again and again, the oldest forms are forgotten: a pattern cannot be of any size. */
const MOST_CHARACTERS = 500_000;

/** What to write instead, by each form in which a secret may come back. */
const forms = new Map<string, string>();
let pattern: RegExp | undefined;

/**
 * Remembers a configured secret for as long as the process lives, so that {@link scrub} knows it in every form in which a
 * source, a proxy or a driver may repeat it; `name` is written in its place.
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
}

/**
 * What is left of a secret wherever it stands in what is encoded as base64, such as the user and password of basic auth:
 * three bytes are four letters, so there are three ways, without those letters that what is beside it has a part in.
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

/** A text as a pattern that matches nothing else. */
const escapePattern = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);

/** The text without configured secrets: each is replaced by the name of its setting. */
export const scrub = (text: string): string =>
  pattern === undefined ? text : text.replace(pattern, (form) => forms.get(form.toLowerCase()) ?? '[secret]');

/** The same for every text in a JSON value, keys included. */
export function scrubJson(value: Json): Json {
  if (typeof value === 'string') return scrub(value);
  if (Array.isArray(value)) return value.map(scrubJson);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [scrub(key), scrubJson(inner)]));
}

/** Parses JSON from outside with a parser of its own, and takes configured secrets out of it. */
export function parseScrubbed(text: string, parse: (text: string) => Json): Json {
  const value = parse(text);
  return scrub(text) === text ? value : scrubJson(value);
}

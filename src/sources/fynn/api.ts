import { FatalError, MissingScopeError } from '../../model/errors.ts';
import { isObject, type JsonObject } from '../../model/json.ts';
import type { ErrorClassifier, Source } from '../../model/source.ts';
import type { FynnConfig } from './settings.ts';

/** Returns the text of an error body, for people: texts are localised, so nothing is decided by them. */
function detailOf(body: unknown): string {
  if (!isObject(body)) return 'no detail given';
  const texts = [body.detail, body.message, body.title, body['hydra:description']];
  return texts.find((text) => typeof text === 'string') ?? 'no detail given';
}

/** Fynn does not document the form of its errors; those seen are JSON objects with one of these keys. */
const isError = (body: unknown): body is JsonObject =>
  isObject(body) && ['detail', 'message', 'title', 'hydra:description', 'error'].some((key) => body[key] !== undefined);

/** For a missing record only the status is documented: the response may have no body, but is not the page of a firewall. */
const isBare: Source['isNotFound'] = ({ status, header, isEmpty }) =>
  [404, 405].includes(status) && isEmpty && header('content-type') === undefined;

/** Classifies a response of Fynn by its status alone. */
export function classifyError({ url, nameOf }: Pick<FynnConfig, 'url' | 'nameOf'>): ErrorClassifier {
  return (answer) => {
    const { status, body } = answer;
    if (!isError(body) && !isBare(answer)) return undefined;
    if (status === 401)
      return new FatalError(
        'CS4201',
        `Fynn at ${url} does not accept the API key (401): set ${nameOf('FYNN_API_KEY')} to a valid key of this host`,
      );
    if (status === 403)
      return new MissingScopeError(
        `the API key may not do this (403): it needs checkout-link:read and price-plan:read (${detailOf(body)})`,
      );
    if (status === 404)
      return new FatalError(
        'CS4203',
        `Fynn at ${url} does not know this address (404): check ${nameOf('FYNN_API_URL')}`,
      );
    return new FatalError('CS4204', `Fynn refuses the request (${status}): ${detailOf(body)}`);
  };
}

/** A record is absent when its own address answers 404 in Fynn's own form. */
export const isNotFound: Source['isNotFound'] = (answer) =>
  answer.status === 404 && (isError(answer.body) || isBare(answer));

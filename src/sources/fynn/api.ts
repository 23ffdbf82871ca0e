import { FatalError } from '../../errors.ts';
import { isObject } from '../../json.ts';
import type { Judge, Source } from '../../stream.ts';

/** What an error body says, for people: its texts are localised, so nothing is decided by them. */
function detailOf(body: unknown): string {
  if (!isObject(body)) return 'no detail given';
  const texts = [body.detail, body.message, body.title, body['hydra:description']];
  return texts.find((text) => typeof text === 'string') ?? 'no detail given';
}

/** Tells what an answer of Fynn's means, by its status alone. */
export function judge(url: string): Judge {
  return ({ status, body }) => {
    if (status === 401)
      return new FatalError(
        `Fynn at ${url} does not accept the API key (401): set FYNN_API_KEY to a valid key of this host`,
      );
    if (status === 403)
      return new FatalError(
        `the API key may not do this (403): it needs checkout-link:read and price-plan:read (${detailOf(body)})`,
      );
    if (status === 404) return new FatalError(`Fynn at ${url} does not know this address (404): check FYNN_API_URL`);
    if (status === 400 || status === 422)
      return new FatalError(`Fynn refuses the request (${status}): ${detailOf(body)}`);
    return undefined;
  };
}

/** A record is absent when its own address answers 404. */
export const isGone: Source['isGone'] = ({ status }) => status === 404;

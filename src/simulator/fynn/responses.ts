import type { ApiResponse } from '../api.ts';

/** 200 with JSON. */
export function ok(body: unknown): ApiResponse {
  return answer(200, 'application/json', body);
}

/** 400 for a page that cannot exist. */
export function badRequest(detail: string): ApiResponse {
  return problemResponse(400, detail);
}

/** 401 for a key that is missing or wrong. */
export function unauthorized(): ApiResponse {
  return problemResponse(401, 'Der API-Schlüssel fehlt oder ist ungültig.');
}

/** 403 for a key that may not do this. */
export function forbidden(permission: string): ApiResponse {
  return problemResponse(403, `Es fehlt die Berechtigung ${permission}.`);
}

/** The 404 of a record and of an unknown path alike. */
export function notFound(): ApiResponse {
  return problemResponse(404, 'Die angeforderte Ressource wurde nicht gefunden.');
}

/** 405 for anything but GET. */
export function methodNotAllowed(): ApiResponse {
  return problemResponse(405, 'Diese Methode ist nicht erlaubt.', { allow: 'GET' });
}

/** 429. Fynn does not document whether the response says how long to wait; here it does not. */
export function tooManyRequests(): ApiResponse {
  return problemResponse(429, 'Zu viele Anfragen.');
}

function problemResponse(status: number, detail: string, headers: Record<string, string> = {}): ApiResponse {
  return answer(status, 'application/problem+json', { title: 'Ein Fehler ist aufgetreten', detail }, headers);
}

function answer(status: number, type: string, body: unknown, headers: Record<string, string> = {}): ApiResponse {
  return {
    status,
    headers: { 'content-type': `${type}; charset=utf-8`, ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

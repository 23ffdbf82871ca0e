import type { IncomingMessage, ServerResponse } from 'node:http';

/** The actions of a source server of the benchmark, each with one number. */
export type Actions = Record<string, (count: number) => unknown>;

const ADDRESS = /^\/_bench\/(\w+)(?:\?count=(\d+))?$/;

/** Carries out a request to `/_bench/<action>?count=<number>` and returns its result as JSON; false for any other request. */
export function control(actions: Actions, { url = '' }: IncomingMessage, response: ServerResponse): boolean {
  const [, name, count] = ADDRESS.exec(url) ?? [];
  const action = name === undefined ? undefined : actions[name];
  if (!action) return false;
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify(action(Number(count ?? 0)) ?? null));
  return true;
}

/** Asks a source server to carry out an action. */
export async function ask<T>(url: string, action: string, count = 0): Promise<T> {
  const response = await fetch(`${url}/_bench/${action}?count=${count}`);
  if (!response.ok) throw new Error(`the source server refuses ${action} (${response.status})`);
  return (await response.json()) as T;
}

/** The work that a source server has done so far. */
export interface ServerStats {
  requests: number;
  /** Requests whose body had to be made while the engine waited. */
  unprepared: number;
  cpuSeconds: number;
}

/** Bytes of all bodies as JSON, and as they were sent. */
export interface BodyBytes {
  jsonBytes: number;
  sentBytes: number;
}

/** CPU time of this process so far, user and system. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

import type { models } from '@polar-sh/sdk/2026-10';
import { onTestFinished } from 'vitest';
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator.ts';

/** A response as it came over the wire. */
export interface Answer {
  status: number;
  header: (name: string) => string | null;
  text: string;
}

/** Body of a failed response. */
export interface ErrorBody {
  error?: string;
  error_description?: string;
  detail?: string | { type: string; loc: unknown[]; msg: string; input?: unknown }[];
}

/** A simulator for one test: a fixed present, no rate limit, stopped at the end. */
export async function simulate(options: SimulatorOptions = {}): Promise<Simulator> {
  const small = { now: '2026-11-21T08:00:00Z', links: 12, checkouts: 40, requestsPerMinute: null };
  const simulator = await startSimulator({ ...small, ...options });
  onTestFinished(() => simulator.close());
  return simulator;
}

/** One GET with the right token and version, unless told otherwise; null leaves a header out. */
export async function ask(
  simulator: Simulator,
  path: string,
  headers: Record<string, string | null> = {},
): Promise<Answer> {
  const all = { authorization: `Bearer ${simulator.token}`, 'polar-version': '2026-10', ...headers };
  const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const response = await fetch(`${simulator.url}${path}`, { headers: sent, redirect: 'manual' });
  return { status: response.status, header: (name) => response.headers.get(name), text: await response.text() };
}

/** Returns the JSON of a response that must be 200. */
export async function read<T>(simulator: Simulator, path: string): Promise<T> {
  const { status, text } = await ask(simulator, path);
  if (status !== 200) throw new Error(`${path} answered ${status}: ${text}`);
  const body: T = JSON.parse(text);
  return body;
}

/** Returns the body of an error response. */
export function errorOf({ text }: Answer): ErrorBody {
  const body: ErrorBody = JSON.parse(text);
  return body;
}

/** A page of links. */
export function links(simulator: Simulator, query = 'limit=100'): Promise<models.ListResourceCheckoutLink> {
  return read(simulator, `/v1/checkout-links/?${query}`);
}

/** A page of sessions. */
export function checkouts(simulator: Simulator, query = 'limit=100'): Promise<models.ListResourceCheckout> {
  return read(simulator, `/v1/checkouts/?${query}`);
}

/** The first of something that must not be empty. */
export function first<T>(items: Iterable<T>): T {
  for (const item of items) return item;
  throw new Error('nothing there');
}

/** Returns the value. Throws if it is null or undefined. */
export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('nothing there');
  return value;
}

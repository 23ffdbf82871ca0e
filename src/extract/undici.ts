import { createRequire } from 'node:module';
import type { Agent, Dispatcher, Pool, ProxyAgent } from 'undici';

const load = createRequire(import.meta.url);

/** Parts of undici that open sockets. */
interface Dispatchers {
  Agent: typeof Agent;
  Pool: typeof Pool;
  ProxyAgent: typeof ProxyAgent;
}

/**
 * Loads the parts of undici that open sockets. All of it, with fetch, caches and mocks, takes a tenth of a second longer. Adds
 * `request` and the like to dispatchers, as undici's own index does.
 */
export function loadDispatchers(): Dispatchers {
  const dispatcher: typeof Dispatcher = load('undici/lib/dispatcher/dispatcher.js');
  Object.assign(dispatcher.prototype, load('undici/lib/api/index.js'));
  return {
    Agent: load('undici/lib/dispatcher/agent.js'),
    Pool: load('undici/lib/dispatcher/pool.js'),
    ProxyAgent: load('undici/lib/dispatcher/proxy-agent.js'),
  };
}

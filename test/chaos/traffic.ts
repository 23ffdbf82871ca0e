import { random } from '../../src/simulator/random.ts';
import type { FynnSimulator } from '../../src/simulator/fynn-simulator.ts';
import { applyFynn, FYNN_KINDS } from '../oracle/fynn-kinds.ts';
import { startDeliveries } from './deliveries.ts';
import { SECRET, SECRET_OF_ACME, SECRET_OF_SHOP, type Accounts, type Environment } from './environment.ts';
import { startMerchant, type Merchant } from './merchant.ts';
import { startShop, type Shop } from './shop.ts';
import { startSource, type Source } from './source.ts';

/** Traffic at the sources while the workers run: responses, edits and webhooks of each account. */
export interface Traffic {
  sources: Record<keyof Accounts, Source>;
  merchants: Record<'polar/default' | 'polar/acme', Merchant>;
  shop: Shop;
  /** Stops all edits. */
  stopEdits: () => void;
  /** Resolves when all webhooks are accepted. */
  settled: () => Promise<void>;
  /** Returns the number of accepted webhooks. */
  accepted: () => number;
  /** Ends the edits and the webhooks. */
  stop: () => void;
}

/** Starts to respond, to edit and to send webhooks. */
export function startTraffic({ accounts, workers }: Environment, seed: number): Traffic {
  const { 'polar/default': main, 'polar/acme': acme, 'polar/shop': other, 'fynn/default': fynn } = accounts;
  const stopTenant = startTenant(fynn, seed, 1500);
  const routesTo = (account: string) => () => workers.addresses().map((url) => `${url}/webhooks/polar${account}`);
  const deliveries = [
    startDeliveries(main, seed, { secret: SECRET, types: /^checkout\./, routes: routesTo('') }),
    startDeliveries(acme, seed + 1000, { secret: SECRET_OF_ACME, types: /^checkout\./, routes: routesTo('/acme') }),
    startDeliveries(other, seed + 3000, {
      secret: SECRET_OF_SHOP,
      types: /^(?!checkout\.)/,
      routes: routesTo('/shop'),
    }),
  ];
  const isBehind = () => deliveries.some((one) => one.isBehind());
  const merchants = {
    'polar/default': startMerchant(main, seed, { everyMs: 350, places: 30, isBehind }),
    'polar/acme': startMerchant(acme, seed + 1000, { everyMs: 1500, places: 5, isBehind }),
  };
  const shop = startShop(other, seed, { everyMs: 400, isBehind });
  const stopEdits = () => {
    for (const { stop } of [...Object.values(merchants), shop]) stop();
    stopTenant();
  };
  return {
    sources: {
      'polar/default': startSource(main, seed),
      'polar/acme': startSource(acme, seed + 1000),
      'polar/shop': startSource(other, seed + 3000),
      'fynn/default': startSource({ intercept: fynn.intercept }, seed),
    },
    merchants,
    shop,
    stopEdits,
    settled: async () => void (await Promise.all(deliveries.map((one) => one.settled()))),
    accepted: () => deliveries.reduce((sum, one) => sum + one.accepted(), 0),
    stop() {
      stopEdits();
      for (const one of deliveries) one.stop();
    },
  };
}

/** Edits the simulated tenant in the background. */
function startTenant({ fynn }: FynnSimulator, seed: number, everyMs: number): () => void {
  const chance = random(seed, 'tenant');
  const timer = setInterval(
    () =>
      applyFynn(fynn, { kind: chance.pick(FYNN_KINDS), place: chance.integer(0, 30), other: chance.integer(0, 30) }),
    everyMs,
  );
  return () => clearInterval(timer);
}

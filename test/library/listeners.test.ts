import { expect, test } from 'vitest';
import { eventListeners } from '../../src/library/listeners.ts';
import { createLogger } from '../../src/model/log.ts';

const due = { account: 'default', stream: 'polar.checkouts' };

test('a listener that is added while others are called is called with the next event', () => {
  const { on, emit } = eventListeners(createLogger('silent'));
  let called = 0;
  const listen = () =>
    on('due', () => {
      called += 1;
      if (called < 10) listen();
    });
  listen();
  emit('due', due);
  expect(called).toBe(1);
  emit('due', due);
  expect(called).toBe(3);
});

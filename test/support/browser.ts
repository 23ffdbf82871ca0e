import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';

/** Returns true if tests in a browser can run here, as the set-up found out. */
export const hasBrowser = () => inject('browser') !== '';

/** Starts a browser without a window. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: inject('browser'), args: ['--no-sandbox'], timeout: 120_000 });

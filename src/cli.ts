#!/usr/bin/env -S node --min-semi-space-size=16 --max-semi-space-size=32
import './module-hooks.ts';

const { main } = await import('./main.ts');
await main();

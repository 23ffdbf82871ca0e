#!/usr/bin/env node
import './module-hooks.ts';

await import('./program.ts');

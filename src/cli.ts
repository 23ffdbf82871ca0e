#!/usr/bin/env node
import './loading.ts';

await import('./program.ts');

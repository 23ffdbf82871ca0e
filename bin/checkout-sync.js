#!/usr/bin/env -S node --initial-old-space-size=64 --min-semi-space-size=16 --max-semi-space-size=16
// The command line: compiled where it is installed as a package, TypeScript as it is in a checkout. Plain JavaScript, because
// an older Node.js must be able to read it.
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `checkout-sync: CS1001: Node.js 22.19 or newer is needed, and this is ${process.versions.node}: install one from https://nodejs.org\n`,
  );
  process.exit(2);
}
const source = new URL('../src/cli.ts', import.meta.url);
await import(existsSync(source) ? source.href : '../dist/cli.js');

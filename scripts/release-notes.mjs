// Prints the section of the changelog for a tag such as v0.2.0. Plain JavaScript, because it runs without an install.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(read('package.json'));
const sections = read('CHANGELOG.md').split(/^(?=## )/m);
const [heading, ...lines] = sections.find((section) => section.startsWith(`## ${version} `))?.split('\n') ?? [];

if (tag !== `v${version}`) fail(`the tag is ${tag}, and package.json says ${version}`);
if (heading === undefined) fail(`CHANGELOG.md has no section ${version}`);
process.stdout.write(`${lines.join('\n').trim()}\n`);

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

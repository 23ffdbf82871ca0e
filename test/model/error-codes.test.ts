import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../scripts/find-tables.ts';
import { errorCodes } from '../../src/model/error-codes.ts';

/** The text of every file that may make errors. */
const code = ['src', 'bin']
  .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && !entry.parentPath.endsWith('error-codes'))
  .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
  .join('\n');

const used = new Set(code.match(/\bCS\d{4}\b/g));

test('each code of the registry is used, and each code that is used is in the registry', () => {
  expect([...used].toSorted()).toEqual(Object.keys(errorCodes).toSorted());
});

test('no code is given twice', () => {
  const folder = join(ROOT, 'src/model/error-codes');
  const given = readdirSync(folder).flatMap(
    (name) => readFileSync(join(folder, name), 'utf8').match(/^ {2}CS\d{4}(?=: )/gm) ?? [],
  );
  expect(given).toHaveLength(Object.keys(errorCodes).length);
});

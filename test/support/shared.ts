import { afterAll, beforeAll, onTestFinished } from 'vitest';

type Release = () => unknown;

/** Releases of the file for which {@link shared} is making something right now; undefined otherwise. */
let ofFile: Release[] | undefined;

/** Releases something at the end of the test that made it, or of the file where {@link shared} makes it. */
export function atEnd(release: Release): void {
  if (ofFile) ofFile.push(release);
  else onTestFinished(async () => void (await release()));
}

/**
 * Makes one thing for all tests of a file or of a `describe`, before the first. What a test changes in it remains for the next.
 */
export function shared<T>(make: () => Promise<T>): () => T {
  const made: T[] = [];
  const releases: Release[] = [];
  beforeAll(async () => {
    ofFile = releases;
    try {
      made.push(await make());
    } finally {
      ofFile = undefined;
    }
  });
  afterAll(async () => {
    for (const release of releases.toReversed()) await release();
  });
  return () => {
    const [value] = made;
    if (value === undefined) throw new Error('it is there inside of tests only');
    return value;
  };
}

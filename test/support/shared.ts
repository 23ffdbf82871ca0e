import { afterAll, beforeAll, onTestFinished } from 'vitest';

type Release = () => unknown;

/** What is made for a whole file right now is released with it. */
let ofFile: Release[] | undefined;

/** Releases something at the end of the test that made it, or of the file where {@link shared} makes it. */
export function atEnd(release: Release): void {
  if (ofFile) ofFile.push(release);
  else onTestFinished(async () => void (await release()));
}

/** One thing for all tests of a file or of a `describe`, made before the first. What a test leaves in it is there in the next. */
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

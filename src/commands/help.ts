/** An example of a command: a shell line, and its purpose. */
type Example = readonly [line: string, purpose: string];

/** Returns the end of a command's help: examples that work as they are, and the page with more. */
export function helpAfter({ examples, page }: { examples: readonly Example[]; page: string }): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`);
  return ['', 'Examples:', ...lines, '', `More: ${page}`].join('\n');
}

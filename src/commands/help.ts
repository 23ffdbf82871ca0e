/** An example of a command: a line for a shell, and what it does. */
type Example = readonly [line: string, purpose: string];

/** Returns what stands at the end of a command's help: examples that work as they are, and the page that says more. */
export function helpAfter({ examples, page }: { examples: readonly Example[]; page: string }): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`);
  return ['', 'Examples:', ...lines, '', `More: ${page}`].join('\n');
}

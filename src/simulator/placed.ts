/** The list with an id at a position (the end by default), moved there when it is in the list already. */
export function placed(ids: readonly string[], id: string, position = ids.length): string[] {
  const others = ids.filter((other) => other !== id);
  return [...others.slice(0, position), id, ...others.slice(position)];
}

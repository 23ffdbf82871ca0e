/** Returns a name as SQL writes it. */
export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Returns names as an SQL list, each with the prefix. */
export const list = (names: readonly string[], prefix = '') => names.map((name) => prefix + quote(name)).join(', ');

/** A name as SQL writes it. */
export const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** Names as SQL lists them, each behind the prefix. */
export const list = (names: readonly string[], prefix = '') => names.map((name) => prefix + quote(name)).join(', ');

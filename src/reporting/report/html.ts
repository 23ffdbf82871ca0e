/** Text that is markup already, and is not escaped again. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | undefined | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeText = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** Marks text as markup: only for what this program wrote. */
export const raw = (markup: string): Markup => ({ markup });

/** Builds markup from a template. Whatever stands in it is escaped, but for markup; null and undefined are nothing. */
export const markup = (parts: TemplateStringsArray, ...values: readonly Part[]): Markup =>
  raw(parts.map((part, index) => part + markupOf(values[index])).join(''));

function markupOf(part: Part): string {
  if (part === null || part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

/**
 * Kind of data about people in a column. `personal`: data of one person. `free`: values that others chose, which may be
 * personal. `pseudonym`: an id that names a person only to those who have the source's data. `plain`: none.
 */
export type PrivacyClass = 'personal' | 'free' | 'pseudonym' | 'plain';

/** Kind of a value that identifies a person. */
export type IdentityKind = 'email' | 'customer' | 'external';

/** Treatment of a column when personal data is erased. */
export interface ColumnPrivacy {
  privacy: PrivacyClass;
  /** Kind of its values, if they identify the person that the row is about. */
  identifies?: IdentityKind;
  /** Keys of its object that stay when it is emptied; the object then has all its keys. */
  keeps?: readonly string[];
}

/** A column's description with its privacy. */
export interface ClassifiedText extends ColumnPrivacy {
  text: string;
}

/** End of a column's comment, by privacy class. */
export const MARKS: Readonly<Record<PrivacyClass, string>> = {
  personal: ' (personal)',
  free: ' (may hold personal data)',
  pseudonym: ' (pseudonym)',
  plain: '',
};

type PersonalOptions = Omit<ColumnPrivacy, 'privacy'>;

/** Describes a column with personal data, which `forget` empties. */
export const personal = (text: string, options: PersonalOptions = {}): ClassifiedText => ({
  text,
  privacy: 'personal',
  ...options,
});

/** Describes a column whose values others choose; `forget` removes a person's data from them. */
export const free = (text: string): ClassifiedText => ({ text, privacy: 'free' });

/** Describes a column with a customer's id, which stays when the customer is forgotten. */
export const pseudonym = (text: string, identifies: IdentityKind): ClassifiedText => ({
  text,
  privacy: 'pseudonym',
  identifies,
});

/** Settings about personal data. */
export interface PrivacySettings {
  /** Columns that are never stored, as `schema.table.column`. */
  privateColumns: ReadonlySet<string>;
  /** Time for which personal data of settled records is kept, such as `24 months`; undefined to keep it forever. */
  keepFor?: string | undefined;
}

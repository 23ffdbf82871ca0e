/**
 * What a column holds about people. `personal`: data of one person. `free`: values that others chose, which may be personal.
 * `pseudonym`: an id that names a person only to those who have the source's data. `plain`: nothing.
 */
export type PrivacyClass = 'personal' | 'free' | 'pseudonym' | 'plain';

/** What the value of a column identifies a person by. */
export type IdentityKind = 'email' | 'customer' | 'external';

/** How a column is treated where personal data is erased. */
export interface ColumnPrivacy {
  privacy: PrivacyClass;
  /** The kind of its values, where they identify the person that the row is about. */
  identifies?: IdentityKind;
  /** Keys of its object that stay when it is emptied: the object then keeps all its keys. */
  keeps?: readonly string[];
}

/** A column's description with its privacy. */
export interface ClassifiedText extends ColumnPrivacy {
  text: string;
}

/** What a column's comment ends with, by its class. */
export const MARKS: Readonly<Record<PrivacyClass, string>> = {
  personal: ' (personal)',
  free: ' (may hold personal data)',
  pseudonym: ' (pseudonym)',
  plain: '',
};

type PersonalOptions = Omit<ColumnPrivacy, 'privacy'>;

/** Describes a column that holds personal data: what `forget` empties. */
export const personal = (text: string, options: PersonalOptions = {}): ClassifiedText => ({
  text,
  privacy: 'personal',
  ...options,
});

/** Describes a column whose values others choose: what `forget` removes a person's data from. */
export const free = (text: string): ClassifiedText => ({ text, privacy: 'free' });

/** Describes a column with a customer's id, which stays when the customer is forgotten. */
export const pseudonym = (text: string, identifies: IdentityKind): ClassifiedText => ({
  text,
  privacy: 'pseudonym',
  identifies,
});

/** What users decide about personal data. */
export interface PrivacySettings {
  /** Columns that are never stored, as `schema.table.column`. */
  privateColumns: ReadonlySet<string>;
  /** For how long personal data of settled records is kept, such as `24 months`; undefined for ever. */
  keepFor?: string | undefined;
}

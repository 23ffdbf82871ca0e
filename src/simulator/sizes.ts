/** The number of records that streams start with. */
export interface SizeOptions {
  /** By the stream's resource, such as `checkouts`; each stream has a default. */
  sizes?: Readonly<Record<string, number | undefined>>;
  /** True where streams that `sizes` does not name start without records. Default false. */
  isEmpty?: boolean;
}

/** The number of records that a stream starts with, given its default. */
export type SizeOf = (resource: string, byDefault: number) => number;

/** Reads the options. */
export function sizesOf({ sizes = {}, isEmpty = false }: SizeOptions): SizeOf {
  return (resource, byDefault) => sizes[resource] ?? (isEmpty ? 0 : byDefault);
}

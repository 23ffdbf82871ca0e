/** Settings of the views for reports, which appear in their SQL as literals. */
export interface ReportSettings {
  /** Name of a time zone, such as Europe/Berlin, in which days begin. */
  timezone: string;
  /** Keys of free maps, such as a session's metadata, that the views show. */
  metadataKeys: readonly string[];
}

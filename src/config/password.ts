/**
 * Returns the passwords of a URL, both before its host and as a parameter. Leaves out common words such as "postgres",
 * which would be redacted wherever they appear.
 */
export function passwordsOf(url: string | undefined): string[] {
  const { password = '', searchParams } = (url === undefined ? null : URL.parse(url)) ?? {};
  const found = [decodePassword(password), ...(searchParams?.getAll('password') ?? [])];
  return found.filter((one) => !/^[a-z]*$/i.test(one));
}

const decodePassword = (text: string) =>
  new URLSearchParams(`of=${text.replaceAll('+', '%2B').replaceAll('&', '%26')}`).get('of') ?? '';

/** Returns a URL without its passwords, for people. */
export const withoutPassword = (url: string) =>
  url.replace(/(:\/\/[^/?]*:).*@/, '$1…@').replaceAll(/(?<=[?&]password=)[^&#]*/g, '…');

/** Returns the password of a URL, but not a common word such as "postgres", which would be redacted wherever it stands. */
export function passwordOf(url: string | undefined): string | undefined {
  const encoded = url === undefined ? '' : (URL.parse(url)?.password ?? '');
  const password = new URLSearchParams(`of=${encoded.replaceAll('+', '%2B').replaceAll('&', '%26')}`).get('of') ?? '';
  return /^[a-z]*$/i.test(password) ? undefined : password;
}

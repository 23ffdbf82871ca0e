/**
 * Digits after the decimal point of the currencies with other than two (ISO 4217, list one). Their amounts in minor units are
 * divided by another power of ten.
 */
const MINOR_DIGITS: Readonly<Record<number, string>> = {
  0: 'bif clp djf gnf isk jpy kmf krw pyg rwf ugx uyi vnd vuv xaf xof xpf',
  3: 'bhd iqd jod kwd lyd omr tnd',
  4: 'clf uyw',
};

/** Returns SQL of the minor digits of a currency; null where there is none. */
export function digitsSql(currency: string): string {
  const cases = Object.entries(MINOR_DIGITS).map(([digits, names]) => {
    const listed = names.split(' ').map((name) => `'${name}'`);
    return `when ${currency} in (${listed.join(', ')}) then ${digits}`;
  });
  return `case when ${currency} is null then null ${cases.join(' ')} else 2 end`;
}

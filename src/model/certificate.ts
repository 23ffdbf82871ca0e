/** Codes of OpenSSL and Node.js for a certificate that was refused. */
const REFUSED =
  /^(UNABLE_TO_|CERT_|ERROR_IN_CERT_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)$|PATH_LENGTH_|HOSTNAME_MISMATCH$|ERR_TLS_CERT_|(EE|CA)_KEY_TOO_SMALL$|CA_MD_TOO_WEAK$)/;

/** The reason why a certificate was refused: its dates, its names, or who signed it. */
export type CertificateFault = 'dates' | 'host' | 'trust';

/** Returns the reason by the code of an error; undefined if it is not about a certificate. */
export function certificateFault(code: string): CertificateFault | undefined {
  if (!REFUSED.test(code)) return undefined;
  if (/EXPIRED|NOT_YET_VALID/.test(code)) return 'dates';
  return /ALTNAME|HOSTNAME/.test(code) ? 'host' : 'trust';
}

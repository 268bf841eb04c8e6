/** Codes of Node.js for a certificate that is not trusted. */
const CODES =
  /SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET)|CERT_(?:HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED|REVOKED)|ALTNAME_INVALID/;

/** Whether a connection failed because the other side's certificate is not trusted. */
export const isUntrusted = (code: string) => CODES.test(code);

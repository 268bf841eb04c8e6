import tls from 'node:tls';
import { text, type Said } from '../text';
import { createPrivateKey, X509Certificate } from 'node:crypto';

/** Certificate and key as PEM texts. */
export interface TlsTexts {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  passphrase?: string;
}

/** Why certificate, key and passphrase cannot be used together, or undefined. No text of them is in it. */
export function tlsProblem({ ca, cert, key, passphrase }: TlsTexts): Said | undefined {
  try {
    tls.createSecureContext({ ca, cert, key, passphrase });
    // The context takes a key that does not fit the certificate with some kinds of keys.
    if (cert && key && !new X509Certificate(cert).checkPrivateKey(createPrivateKey({ key, passphrase })))
      return text('tls.keyMismatch');
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' ? text('tls.keyMismatch') : message;
  }
}

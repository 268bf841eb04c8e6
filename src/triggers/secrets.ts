/** Keys under which MISP's user triggers carry keys and passwords, on creation in clear text. */
const SECRET =
  /^(?:authkey|authkey_raw|password|confirm_password|current_password|otp|totp|hotp_counter|external_auth_key|api_?key)$/i;

/**
 * Takes keys and passwords out of the data of a user trigger, wherever they stand.
 * The data given is changed.
 */
export function removeSecrets(data: unknown): void {
  if (typeof data !== 'object' || data === null) return;
  for (const [key, value] of Object.entries(data)) {
    if (SECRET.test(key)) delete (data as Record<string, unknown>)[key];
    else removeSecrets(value);
  }
}

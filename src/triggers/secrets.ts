import { hideSecretsInTexts } from './secret-texts';

/** Keys under which MISP's user triggers carry keys and passwords, on creation in clear text. */
const SECRET =
  /^(?:authkey|authkey_raw|password|confirm_password|current_password|otp|totp|hotp_counter|external_auth_key|api_?key)$/i;

/**
 * Takes keys and passwords out of the data of a trigger that has them: fields of users, and in MISP's log also
 * what its texts quote of users. The data given is changed.
 */
export function hideSecretsOf(trigger: string, data: unknown): void {
  removeSecrets(data);
  if (trigger === 'log-after-save') hideSecretsInTexts(data);
}

/** Whether there are fields with keys and passwords in data, wherever they stand. */
export function holdsSecrets(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  return Object.entries(data).some(([key, value]) => SECRET.test(key) || holdsSecrets(value));
}

/** Takes fields with keys and passwords out of data, wherever they stand. The data given is changed. */
export function removeSecrets(data: unknown): void {
  if (typeof data !== 'object' || data === null) return;
  for (const [key, value] of Object.entries(data)) {
    if (SECRET.test(key)) delete (data as Record<string, unknown>)[key];
    else removeSecrets(value);
  }
}

import { readRequest, type MispRequest } from '../listener/request';
import type { RequestText } from '../listener/open-query';
import { hideSecretsOf } from './secrets';

/** Larger requests are not kept, in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * The last request that a trigger got, in memory only, so that a flow can be tried on it. It is kept as text:
 * the flow changes what it gets. What may hold secrets is kept without them.
 */
export class LastRequest {
  private text: RequestText | undefined;
  receivedAt = 0;
  private trigger = '';

  /**
   * @param trigger its id in MISP
   * @param withSecrets the text holds keys and passwords, which must not stay in memory
   */
  keep({ bytes, flattenedCut }: RequestText, trigger: string, withSecrets: boolean): void {
    if (bytes.byteLength > MOST_BYTES) return;
    this.receivedAt = Date.now();
    this.trigger = trigger;
    // The text may be a part of a larger block, which would be kept with it.
    const mayBeKept = bytes.buffer.byteLength <= 2 * MOST_BYTES;
    this.text = { bytes: mayBeKept ? bytes : bytes.slice(), flattenedCut };
    const request = withSecrets ? this.read() : undefined;
    if (request) this.text = { bytes: Buffer.from(JSON.stringify(request)), flattenedCut: false };
  }

  /** A fresh copy of the request, if there is one. */
  read(): MispRequest | undefined {
    if (!this.text) return undefined;
    const { bytes, flattenedCut } = this.text;
    const request = readRequest(bytes, { flattenedCut, suspicious: true });
    hideSecretsOf(this.trigger, request.data);
    return request;
  }
}

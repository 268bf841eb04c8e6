import { isRecord } from '../event/values';
import { readRequest, type MispRequest } from '../listener/request';
import type { RequestText } from '../listener/open-query';
import { hideSecretsOf } from './secrets';

/** Larger requests are not kept, in bytes. */
const MOST_BYTES = 1024 * 1024;

/**
 * A request as it was received, in memory only. It is kept as text: the flow changes what it gets. What may hold
 * secrets is kept without them.
 */
export class KeptRequest {
  private constructor(
    private readonly text: RequestText,
    private readonly trigger: string,
  ) {}

  /**
   * @param trigger its id in MISP
   * @param withSecrets the text holds keys and passwords, which must not stay in memory
   * @param without takes out of the data what is not to be kept; without it all is
   * @returns nothing for one that is too large
   */
  static of(
    { bytes, flattenedCut }: RequestText,
    trigger: string,
    withSecrets: boolean,
    without?: (data: unknown) => unknown,
  ): KeptRequest | undefined {
    if (bytes.byteLength > MOST_BYTES) return undefined;
    // The text may be a part of a larger block, which would be kept with it.
    const mayBeKept = bytes.buffer.byteLength <= 2 * MOST_BYTES;
    const kept = new KeptRequest({ bytes: mayBeKept ? bytes : bytes.slice(), flattenedCut }, trigger);
    if (!withSecrets && !without) return kept;
    const request = kept.read();
    const data = without ? withoutCopies(without(request.data)) : request.data;
    const text = Buffer.from(JSON.stringify({ ...request, data }));
    return new KeptRequest({ bytes: text, flattenedCut: without !== undefined }, trigger);
  }

  /** One that was saved. */
  static from({ trigger, bytes, flattenedCut }: KeptRequest['saved']): KeptRequest {
    return new KeptRequest({ bytes, flattenedCut }, trigger);
  }

  /** What is to be saved of it. */
  get saved(): { trigger: string; bytes: Uint8Array; flattenedCut: boolean } {
    return { trigger: this.trigger, ...this.text };
  }

  /** In bytes. */
  get size(): number {
    return this.text.bytes.byteLength;
  }

  /** A fresh copy of the request. */
  read(): MispRequest {
    const { bytes, flattenedCut } = this.text;
    const request = readRequest(bytes, { flattenedCut, suspicious: true });
    hideSecretsOf(this.trigger, request.data);
    return request;
  }
}

/** The flattened list holds the attributes again; it is made anew when the request is read. */
function withoutCopies(data: unknown): unknown {
  if (!isRecord(data) || !isRecord(data.Event) || !Array.isArray(data.Event._AttributeFlattened)) return data;
  return { ...data, Event: { ...data.Event, _AttributeFlattened: [] } };
}

/** The last request that a trigger got, so that a flow can be tried on it. */
export class LastRequest {
  receivedAt = 0;
  private request: KeptRequest | undefined;

  keep(request: KeptRequest): void {
    this.receivedAt = Date.now();
    this.request = request;
  }

  /** A fresh copy of the request, if there is one. */
  read(): MispRequest | undefined {
    return this.request?.read();
  }
}

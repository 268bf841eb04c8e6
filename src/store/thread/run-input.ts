import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { removeSecrets } from '../../triggers/secrets';
import type { StoredInput } from '../store';

/** More than any request that is kept has, in bytes: what another one wrote may be made to fill the memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What a run began with, as it is kept: small, and without secrets. Undefined if it is not to be kept. */
export function packedInput({ bytes, flattenedCut }: StoredInput): Buffer | undefined {
  const text = withoutSecrets(bytes);
  if (text === undefined) return undefined;
  return Buffer.concat([Uint8Array.of(flattenedCut ? 1 : 0), deflateRawSync(text, { level: 1 })]);
}

/** @throws if it is none */
export function unpackedInput(trigger: string, data: Uint8Array): StoredInput {
  const bytes = inflateRawSync(data.subarray(1), { maxOutputLength: MOST_BYTES });
  return { trigger, bytes, flattenedCut: data[0] === 1 };
}

/** Whatever the trigger: what looks like a key or a password is not written down. What is no JSON is nothing at all. */
function withoutSecrets(bytes: Uint8Array): string | undefined {
  try {
    const request = JSON.parse(Buffer.from(bytes).toString()) as unknown;
    removeSecrets(request);
    return JSON.stringify(request);
  } catch {
    return undefined;
  }
}

import type { Block } from '../../../../src/workflow';
import type { Roaming, Verdict } from './module';
import { rendered } from './stop-execution';

/** Its texts are rendered; nothing is sent. */
export async function webhook({ params }: Block, roaming: Roaming): Promise<Verdict> {
  for (const name of ['url', 'payload', 'headers']) {
    const text = params[name];
    if (typeof text === 'string' && text !== '') await rendered(text, roaming);
  }
  return { ok: true };
}

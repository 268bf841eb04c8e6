import type { Said } from '../text';
import { scrubError } from '../http/scrub';
import { readAnswer } from './answer';
import { connect, type MispSettings } from './connection';
import { explain } from './errors';

const PATH = '/servers/getVersion';
/** MISP has it at hand. */
const MOST_MS = 5000;

/**
 * Asks whether a MISP is there: what no event can make slow, on a connection of its own, for which no other call is
 * waited for.
 * @returns why there is no answer; undefined if there is one, whatever it says
 */
export async function silenceOf(settings: MispSettings): Promise<Said | undefined> {
  const connection = connect(settings);
  const { url, timeoutMs, secrets } = connection;
  try {
    const limits = { ms: Math.min(timeoutMs, MOST_MS) };
    readAnswer(await connection.send('GET', PATH, undefined, limits), { url, path: PATH });
    return undefined;
  } catch (problem) {
    const { error, remedy } = explain(problem, url);
    return remedy.silent ? scrubError(error, secrets).said : undefined;
  } finally {
    connection.close();
  }
}

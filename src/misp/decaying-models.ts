import { WorkflowError } from '../text';
import { isList, isRecord, textOf } from '../event/values';
import type { MispClient } from './client';
import { rows } from './expected';
import { LARGEST_PAGE, restSearch } from './rest-search';

/** A model by which MISP lets the value of an attribute fade. */
export interface DecayingModel {
  id: string;
  name: string;
}

/** What MISP says of one attribute: a score for each model that applies to its type. */
export interface DecayScore {
  score: number;
  base_score: number;
  decayed: boolean;
  DecayingModel: DecayingModel;
}

/** The models of a MISP (`decayingModel/index`). */
export async function decayingModels(client: MispClient): Promise<DecayingModel[]> {
  const found = await client.get('/decayingModel/index', undefined, rows('DecayingModel'));
  return found.map(({ id, name }) => ({ id: textOf(id), name: textOf(name) }));
}

/**
 * The ids of models that are named, or given by id; MISP is asked only if one is named.
 * @throws {WorkflowError} if MISP has no model of a name
 */
export async function modelIds(client: MispClient, wanted: readonly string[]): Promise<string[]> {
  if (wanted.every((text) => /^\d+$/.test(text))) return [...wanted];
  const known = await decayingModels(client);
  return wanted.map((text) => {
    const model = known.find(({ id, name }) => name === text || id === text);
    if (!model) throw new WorkflowError('decay.noModel', { model: text });
    return model.id;
  });
}

/** Up to this many attributes are asked for one by one; for more, all of the event. */
const MOST_UUIDS = 500;

/**
 * Scores of attributes of one event, by uuid in lower case (`attributes/restSearch` with `includeDecayScore`): one call,
 * unless the event has more than fit on a page.
 */
export async function decayScores(
  client: MispClient,
  event: string,
  uuids: readonly string[],
  models: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, DecayScore[]>> {
  const scores = new Map<string, DecayScore[]>();
  const some = uuids.length <= MOST_UUIDS ? { uuid: uuids } : {};
  const conditions = { eventid: event, ...some, includeDecayScore: 1, decayingModel: models };
  const pages = restSearch(client, 'attributes', conditions, { limit: 0, pageSize: LARGEST_PAGE, signal });
  for await (const page of pages) {
    for (const row of page) {
      const { uuid, decay_score: score } = isRecord(row) ? row : {};
      if (isList(score)) scores.set(textOf(uuid).toLowerCase(), score as DecayScore[]);
    }
  }
  return scores;
}

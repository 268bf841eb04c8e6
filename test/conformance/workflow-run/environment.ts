/** What a vector says that stands beside MISP: a service of misp-modules, and what is on which warning list. */
import type { ServerResponse } from 'node:http';
import { get } from '../../../src/event/hash';
import { isRecord, textOf } from '../../../src/event/values';
import { startModules, type ModuleServiceStandIn, type Query } from '../../support/modules';
import { sendJson, type RecordedCall } from '../../support/recorder';
import type { JsonObject } from '../vectors';

/** The service of the vectors finds nothing where they do not say what it finds. */
const NOTHING = { results: [] };

export class Environment {
  private constructor(
    /** Of its config node. */
    readonly id: string,
    private readonly env: unknown,
    private readonly service: ModuleServiceStandIn,
  ) {
    service.answer = (query) => this.found(query);
  }

  static async open(id: string, env: unknown = {}): Promise<Environment> {
    return new Environment(id, env, await startModules(get(env, 'enrichment.modules', []) as object[]));
  }

  close(): Promise<void> {
    return this.service.close();
  }

  get node(): { id: string; type: string; url: string } {
    return { id: this.id, type: 'misp-modules', url: this.service.url };
  }

  /** What a module finds for a value, asked in MISP's own form or in the older one. */
  private found({ module, attribute, ...older }: Query): unknown {
    const results = (get(this.env, 'enrichment.results', {}) as Record<string, JsonObject>)[module] ?? {};
    const values = isRecord(attribute) ? [attribute.value] : Object.values(older);
    const value = values.map(textOf).find((one) => Object.hasOwn(results, one));
    return value === undefined ? NOTHING : results[value];
  }

  /** Answers in MISP's place what is asked about warning lists. */
  answer({ path: url, body }: RecordedCall, response: ServerResponse): boolean {
    if (url === '/warninglists/index')
      return sendJson(response, { Warninglists: get(this.env, 'warninglists.lists', []) });
    if (url !== '/warninglists/checkValue') return false;
    const hits = get(this.env, 'warninglists.hits', {}) as Record<string, JsonObject[]>;
    const found = (body as string[]).filter((value) => Object.hasOwn(hits, value));
    return sendJson(response, Object.fromEntries(found.map((value) => [value, hits[value].map(hitOf)])));
  }
}

function hitOf({ warninglist_id: id, warninglist_name: name, match: matched }: JsonObject): object {
  return { id, name, matched };
}

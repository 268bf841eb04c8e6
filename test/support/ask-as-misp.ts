import { QUERY_FORMS, type QueryForm } from '../../sandbox/misp/service/query-forms';
import { call, get, type Reply } from './misp';

/** An attribute as MISP's page, its hover and `attributes/enrich` send it. */
export function attribute(type: string, value: string, more: object = {}): Record<string, unknown> {
  return {
    ...{ id: '10533', event_id: '210', object_id: '0', object_relation: null, category: 'Network activity' },
    ...{ type, value1: value, value2: '', to_ids: true, uuid: '8e075242-40ad-4940-9a21-5e7961bd3144' },
    ...{ timestamp: '1795658392', distribution: '5', sharing_group_id: '0', comment: '', deleted: false },
    ...{ disable_correlation: false, first_seen: null, last_seen: null, value },
    ...more,
  };
}

interface Asked {
  type?: string;
  value?: string;
  config?: object;
  data?: string;
}

/** The ways in which MISP 2.5.1 asks a module of its Enrichment service: for the standard format, and the plain one. */
export const FORMS = Object.fromEntries(
  Object.entries(QUERY_FORMS).map(([form, word]) => {
    const both = (module: string, { type = 'ip-dst', value = '198.51.100.45', config, data }: Asked) => {
      const tags = form === 'attach-enrichment' ? { Tag: [{ name: 'tlp:red' }] } : {};
      const asked = attribute(type, value, { ...tags, ...(data === undefined ? {} : { data }) });
      const common = { module, attribute: asked, config: config as Record<string, unknown> | undefined };
      return [word({ ...common, standard: true }), word({ ...common, standard: false })];
    };
    return [form, both];
  }),
) as Record<QueryForm, (module: string, asked: Asked) => [standard: object, plain: object]>;

/** Asks as curl does for MISP. */
export function ask(port: number, body: object | string): Promise<Reply> {
  return call(body, { port, headers: { Accept: '*/*', 'Accept-Encoding': 'deflate, gzip, br, zstd' } });
}

export async function moduleList(port: number): Promise<Record<string, Record<string, unknown>>> {
  const list = (await get(port, '/modules')).json as unknown as { name: string }[];
  return Object.fromEntries(
    list.map((module) => [module.name, module as unknown as Record<string, unknown>]),
  );
}

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

const USER = {
  email: 'SYSTEM',
  id: 0,
  org_id: '1',
  Role: { perm_site_admin: true },
  Organisation: { id: '1' },
};

interface Asked {
  type?: string;
  value?: string;
  config?: object;
  data?: string;
}

/** The ways in which MISP 2.5.1 asks a module of its Enrichment service: for the standard format, and the plain one. */
export const FORMS: Record<string, (module: string, asked: Asked) => [standard: object, plain: object]> = {
  page: (module, asked) => {
    const { type, value, config, data } = filled(asked);
    const uuid = '670d6644-92b6-4921-ae0c-153ed02648ee';
    return [
      { module, attribute: attribute(type, value, data), event_id: '210', ...config },
      { module, [type]: value, event_id: '210', attribute_uuid: uuid, ...data, ...config },
    ];
  },
  hover: (module, asked) => {
    const { type, value, config } = filled(asked);
    return [
      { module, ...config, attribute: attribute(type, value) },
      { module, ...config, [type]: value },
    ];
  },
  'hover that was clicked': (module, asked) => {
    const { type, value, config } = filled(asked);
    return [
      { module, persistent: 1, ...config, attribute: attribute(type, value) },
      { module, persistent: 1, ...config, [type]: value },
    ];
  },
  'REST modules/queryEnrichment': (module, asked) => {
    const { type, value, config } = filled(asked);
    return [
      { module, attribute: { type, value, uuid: attribute(type, value).uuid }, extra: 'kept?', ...config },
      { module, [type]: value, ...config },
    ];
  },
  'events/enrichEvent and enrich-event': (module, asked) => {
    const { type, value, config, data } = filled(asked);
    const known = attribute(type, value, data);
    for (const name of ['value1', 'value2']) delete known[name];
    const head = { module, event_id: '379', attribute_uuid: known.uuid, ...config };
    const more = { AttributeTag: [], Galaxy: [], ShadowAttribute: [] };
    return [
      { ...head, attribute: { ...known, ...more } },
      { ...head, [type]: value },
    ];
  },
  'attach-enrichment': (module, asked) => {
    const { type, value, config } = filled(asked);
    const head = { user: USER, event_id: '379', ...(asked.config ? config : { config: { _: '_' } }), module };
    const more = { Tag: [{ name: 'tlp:red' }], _allTags: [], Galaxy: [], ShadowAttribute: [] };
    return [
      { ...head, attribute: attribute(type, value, more) },
      { ...head, [type]: value },
    ];
  },
};

function filled({ type = 'ip-dst', value = '198.51.100.45', config, data }: Asked) {
  return { type, value, config: config ? { config } : {}, data: data === undefined ? {} : { data } };
}

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

/** How MISP 2.5.1 words its queries to a module of its Enrichment service, key by key. */
type Json = Record<string, unknown>;

export interface Asked {
  module: string;
  /** In the form of `events/view`. */
  attribute: Json;
  /** Values of the module's settings; nothing if it has none. */
  config?: Json;
  /** The module wants the whole attribute: the format `misp_standard`. */
  standard: boolean;
}

/** Whom an attach-enrichment names: the workflow's user, with all its permissions. */
const USER = {
  ...{ email: 'SYSTEM', id: 0, org_id: '1' },
  Role: { perm_site_admin: true },
  Organisation: { id: '1' },
};

export const QUERY_FORMS = {
  /** The menu of an attribute. */
  page: ({ module, attribute, config, standard }: Asked): Json => ({
    module,
    ...(standard
      ? { attribute: { ...rowOf(attribute), ...fileOf(attribute) }, event_id: attribute.event_id }
      : {
          [typeOf(attribute)]: attribute.value,
          event_id: attribute.event_id,
          attribute_uuid: attribute.uuid,
          ...fileOf(attribute),
        }),
    ...settings(config),
  }),
  hover: ({ module, attribute, config, standard }: Asked): Json => ({
    ...{ module, ...settings(config), ...subject(standard, rowOf(attribute)) },
  }),
  'hover that was clicked': ({ module, attribute, config, standard }: Asked): Json => ({
    ...{ module, persistent: 1, ...settings(config), ...subject(standard, rowOf(attribute)) },
  }),
  /** The caller's own body, in which the settings are MISP's. */
  'REST modules/queryEnrichment': ({ module, attribute, config, standard }: Asked): Json => {
    const { type, value, uuid } = attribute;
    return { module, ...subject(standard, { type, value, uuid }), extra: 'kept', ...settings(config) };
  },
  'events/enrichEvent and enrich-event': ({ module, attribute, config, standard }: Asked): Json => {
    const known = rowOf(attribute);
    for (const name of ['value1', 'value2']) delete known[name];
    const more = { AttributeTag: [], Galaxy: [], ShadowAttribute: [] };
    const asked = { ...known, ...fileOf(attribute), ...more };
    return { ...head(module, attribute), ...settings(config), ...subject(standard, asked) };
  },
  'attributes/enrich': ({ module, attribute, config, standard }: Asked): Json => ({
    ...{ ...head(module, attribute), ...settings(config), ...subject(standard, rowOf(attribute)) },
  }),
  'attach-enrichment': ({ module, attribute, config, standard }: Asked): Json => {
    const { Tag = [], _allTags = [], event_id } = attribute;
    const asked = { ...rowOf(attribute), Tag, _allTags, Galaxy: [], ShadowAttribute: [] };
    return { user: USER, event_id, config: config ?? { _: '_' }, module, ...subject(standard, asked) };
  },
} as const;

export type QueryForm = keyof typeof QUERY_FORMS;

const settings = (config: Json | undefined): Json => (config ? { config } : {});
const typeOf = ({ type }: Json): string => String(type);

function subject(standard: boolean, attribute: Json): Json {
  return standard ? { attribute } : { [typeOf(attribute)]: attribute.value };
}

const head = (module: string, { event_id, uuid }: Json): Json => ({ module, event_id, attribute_uuid: uuid });

const fileOf = ({ data }: Json): Json => (data === undefined ? {} : { data });

/** Without tags: no query but that of attach-enrichment has any. */
function rowOf(attribute: Json): Json {
  const { id, event_id, object_id, object_relation, category, type, value, to_ids, uuid } = attribute;
  const [value1, value2 = ''] = typeOf(attribute).includes('|') ? String(value).split('|', 2) : [value];
  return {
    ...{ id, event_id, object_id, object_relation, category, type, value1, value2, to_ids, uuid },
    timestamp: attribute.timestamp,
    distribution: attribute.distribution,
    sharing_group_id: attribute.sharing_group_id,
    comment: attribute.comment,
    deleted: attribute.deleted,
    disable_correlation: attribute.disable_correlation,
    first_seen: attribute.first_seen,
    last_seen: attribute.last_seen,
    value,
  };
}

import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import {
  idsFlag,
  planAttributeEdit,
  setFields,
  type AttributeChange,
} from '../../src/actions/attribute-edit';
import type { AttributeFields } from '../../src/actions/plan';
import { extract } from '../../src/event/hash';
import { countOf } from '../../src/event/values';
import { eventOf } from '../../src/actions/targets';
import { deletedAttributes } from '../../src/misp/attributes';
import type { MispClient } from '../../src/misp/client';
import { WorkflowError } from '../../src/text';
import { filterOf, FILTER_FIELD } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';
import { DISTRIBUTION_FIELDS, distributionOf } from './parts/distribution';
import { attributeTemplateOf, timeOf, valueOf } from './parts/new-value';

/** Changes of attributes that the event has; deleted ones, which it does not show, are read from MISP. */
const OF_WHAT_IS_THERE = [
  ...['add', 'remove', 'toggle', 'comment', 'category', 'type', 'value', 'distribution'],
  ...['delete', 'first_seen', 'last_seen'],
];

const IDS_FLAG = {
  module: 'attribute_ids_flag_operation',
  when: { change: ['add', 'remove', 'toggle'] },
  beyond: { change: 'toggle' },
  params: { action: 'change' },
  filter: 'filter',
} as const satisfies ModuleMapping;
const COMMENT = {
  module: 'Module_attribute_comment_operation',
  when: { change: 'comment' },
  params: { comment: 'value' },
  filter: 'filter',
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-attribute',
    modules: [IDS_FLAG, COMMENT],
    version: 1,
    attributesWhen: { change: OF_WHAT_IS_THERE },
    labelBy: 'change',
    fields: {
      change: {
        kind: 'select',
        default: 'add',
        options: [
          'add',
          'remove',
          'toggle',
          'comment',
          'category',
          'type',
          'value',
          'distribution',
          'delete',
          'restore',
          'first_seen',
          'last_seen',
        ],
      },
      value: {
        kind: 'template',
        default: '',
        rows: 2,
        when: { change: ['comment', 'category', 'type', 'value', 'first_seen', 'last_seen'] },
      },
      ...DISTRIBUTION_FIELDS(['0', '1', '2', '3', '4', '5'], '5'),
      ...FILTER_FIELD,
    },
  },
  ({ config, names }) => {
    const { change } = config;
    const filters = filterOf(config.filter);
    const { comment } = writeParams<{ comment: string }>(COMMENT, config);
    const template = attributeTemplateOf(change === 'comment' ? comment : config.value);
    return async (message, client) => {
      const { payload } = message;
      if (change === 'restore') return planRestore(payload, client);
      return planAttributeEdit(await changeOf(), filters, payload);

      function eachOf(fieldsOf: (text: string) => AttributeFields): AttributeChange {
        const attributes = extract(payload, 'Event._AttributeFlattened');
        const render = template(payload, names(message), countOf(attributes));
        return (attribute) => fieldsOf(render(attribute));
      }

      async function changeOf(): Promise<AttributeChange> {
        switch (change) {
          case 'add':
          case 'remove':
          case 'toggle':
            return idsFlag(writeParams<{ action: string }>(IDS_FLAG, config).action);
          case 'delete':
            return setFields({ deleted: true });
          case 'distribution':
            return setFields(await distributionOf(config, client));
          case 'comment':
            return eachOf((text) => ({ comment: text }));
          case 'first_seen':
          case 'last_seen':
            return eachOf((text) => ({ [change]: timeOf(text) }));
          default:
            return eachOf((text) => ({ [change]: valueOf(text) }));
        }
      }
    };

    /** MISP shows deleted attributes with an event to nobody, so they are read. */
    async function planRestore(payload: unknown, client: MispClient) {
      const { event, ref } = eventOf(payload);
      const deleted = await deletedAttributes(client, ref.id ?? ref.uuid ?? '');
      const data = { Event: { ...event, Attribute: deleted, Object: [], _AttributeFlattened: deleted } };
      const plan = planAttributeEdit(setFields({ deleted: false }), filters, data);
      if (plan.length === 0) throw new WorkflowError('restore.none');
      return plan;
    }
  },
);

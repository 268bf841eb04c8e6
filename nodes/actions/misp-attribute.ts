import {
  idsFlag,
  planAttributeEdit,
  setFields,
  type AttributeChange,
} from '../../src/actions/attribute-edit';
import { eventOf, requireAttributes } from '../../src/actions/targets';
import { deletedAttributes } from '../../src/misp/attributes';
import type { MispClient } from '../../src/misp/client';
import { WorkflowError } from '../../src/text';
import { filterOf, FILTER_FIELD } from './attribute-filter';
import { defineMispAction } from './define-misp-action';
import { DISTRIBUTION_FIELDS, distributionOf } from './distribution';
import { templateOf, timeOf, valueOf } from './new-value';

export default defineMispAction(
  {
    type: 'misp-attribute',
    modules: [
      'attribute_ids_flag_operation',
      'Module_attribute_comment_operation',
      'attribute_edition_operation',
    ],
    version: 1,
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
  ({ config }) => {
    const { change } = config;
    const filters = filterOf(config.filter);
    const render = templateOf(config.value);
    return async ({ payload }, client) => {
      if (change === 'restore') return planRestore(payload, client);
      requireAttributes(payload);
      return planAttributeEdit(await changeOf(), filters, payload);

      async function changeOf(): Promise<AttributeChange> {
        switch (change) {
          case 'add':
          case 'remove':
          case 'toggle':
            return idsFlag(change);
          case 'delete':
            return setFields({ deleted: true });
          case 'distribution':
            return setFields(await distributionOf(config, client));
          case 'comment':
            return setFields({ comment: render(payload) });
          case 'first_seen':
          case 'last_seen':
            return setFields({ [change]: timeOf(render(payload)) });
          default:
            return setFields({ [change]: valueOf(render(payload)) });
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

import {
  idsFlag,
  planAttributeEdit,
  setFields,
  type AttributeChange,
} from '../../src/actions/attribute-edit';
import { requireAttributes } from '../../src/actions/targets';
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
    attributesWhen: true,
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
      requireAttributes(payload);
      return planAttributeEdit(await changeOf(), filters, payload);

      async function changeOf(): Promise<AttributeChange> {
        switch (change) {
          case 'add':
          case 'remove':
          case 'toggle':
            return idsFlag(change);
          case 'delete':
          case 'restore':
            return setFields({ deleted: change === 'delete' });
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
  },
);

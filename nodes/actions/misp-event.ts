import { writeParams } from '../../src/mapping/convert';
import type { ModuleMapping } from '../../src/mapping/mapping';
import {
  planEventDistribution,
  planEventEdit,
  type EventDistributionParams,
} from '../../src/actions/event-edit';
import type { EventFields } from '../../src/actions/plan';
import type { MispClient } from '../../src/misp/client';
import { defineMispAction } from './parts/define-misp-action';
import { DISTRIBUTION_FIELDS, distributionOf } from './parts/distribution';
import { dateOf, templateOf, uuidOf, valueOf } from './parts/new-value';

const DISTRIBUTION = {
  module: 'Module_event_distribution_operation',
  when: { change: 'distribution' },
  params: {
    freeze: 'freeze',
    distribution: { setting: 'distribution', form: 'text' },
    sharing_group_id: { setting: 'sharingGroup', form: 'one' },
  },
} as const satisfies ModuleMapping;

export default defineMispAction(
  {
    type: 'misp-event',
    modules: [DISTRIBUTION],
    version: 1,
    labelBy: 'change',
    fields: {
      change: {
        kind: 'select',
        default: 'distribution',
        options: ['distribution', 'threat_level_id', 'analysis', 'info', 'date', 'extends_uuid'],
      },
      ...DISTRIBUTION_FIELDS(['0', '1', '2', '3', '4'], '0'),
      threatLevel: {
        kind: 'select',
        default: '4',
        options: ['1', '2', '3', '4'],
        when: { change: 'threat_level_id' },
      },
      analysis: { kind: 'select', default: '0', options: ['0', '1', '2'], when: { change: 'analysis' } },
      value: {
        kind: 'template',
        default: '',
        rows: 2,
        when: { change: ['info', 'date', 'extends_uuid'] },
      },
      freeze: { kind: 'select', default: 'modify', options: ['modify', 'freeze'], describe: true },
    },
  },
  ({ config, names }) => {
    const { change, analysis, threatLevel } = config;
    const template = templateOf(config.value);
    const params = writeParams<EventDistributionParams>(DISTRIBUTION, config);
    return async (message, client) => {
      const { payload } = message;
      const render = () => template(payload, names(message));
      if (change === 'distribution') return planEventDistribution(await withGroup(client), payload);
      return planEventEdit(fieldsOf(change), params.freeze === 'freeze', payload);

      function fieldsOf(name: Exclude<typeof change, 'distribution'>): EventFields {
        switch (name) {
          case 'threat_level_id':
            return { threat_level_id: threatLevel };
          case 'analysis':
            return { analysis };
          case 'info':
            return { info: valueOf(render()) };
          case 'date':
            return { date: dateOf(render()) };
          case 'extends_uuid':
            return { extends_uuid: uuidOf(render()) };
        }
      }
    };

    /** The sharing group by its id, as MISP takes it. */
    async function withGroup(client: MispClient): Promise<EventDistributionParams> {
      const { distribution = '', sharing_group_id: groups = [] } = params;
      const found = await distributionOf({ distribution, sharingGroup: [groups].flat() }, client);
      return { ...params, sharing_group_id: found.sharing_group_id };
    }
  },
);

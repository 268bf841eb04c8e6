import { planPublish, planUnpublish } from '../../src/actions/publish';
import { defineMispAction } from './parts/define-misp-action';

export default defineMispAction(
  {
    type: 'misp-publish',
    modules: [{ module: 'publish-event', when: { action: 'publish' }, params: {} }],
    version: 1,
    labelBy: 'action',
    fields: {
      action: { kind: 'select', default: 'publish', options: ['publish', 'unpublish'], describe: true },
      mail: { kind: 'checkbox', default: false, when: { action: 'publish' } },
      mode: {
        kind: 'select',
        default: 'inline',
        options: ['inline', 'queued'],
        when: { action: 'publish' },
      },
    },
  },
  ({ config: { action, mail, mode } }) =>
    ({ payload }) =>
      action === 'publish'
        ? planPublish({ mail, queued: mode === 'queued' }, payload)
        : planUnpublish(payload),
);

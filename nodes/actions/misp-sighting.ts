import { planAttributeSightings, planValueSightings, type SightingParams } from '../../src/actions/sighting';
import { compileTemplate } from '../../src/template/template';
import { WorkflowError } from '../../src/text';
import { FILTER_FIELD, filterOf } from './parts/attribute-filter';
import { defineMispAction } from './parts/define-misp-action';

export default defineMispAction(
  {
    type: 'misp-sighting',
    modules: [],
    version: 1,
    attributesWhen: { of: ['attributes'] },
    labelBy: 'sighting',
    fields: {
      sighting: {
        kind: 'select',
        default: 'sighting',
        options: ['sighting', 'false-positive', 'expiration'],
      },
      of: { kind: 'select', default: 'attributes', options: ['attributes', 'values'] },
      filter: { ...FILTER_FIELD.filter, when: { of: 'attributes' } },
      values: {
        kind: 'typed',
        default: 'payload',
        types: ['msg', 'str', 'jsonata'],
        required: true,
        when: { of: 'values' },
      },
      source: { kind: 'template', default: '', rows: 1 },
    },
  },
  ({ config, evaluate, names }) => {
    const source = compileTemplate(config.source);
    return async (message) => {
      const rendered = source.render(message.payload, names(message)).trim();
      const params: SightingParams = { type: config.sighting, source: rendered };
      if (config.of === 'attributes')
        return planAttributeSightings(params, filterOf(config.filter), message.payload);
      return planValueSightings(params, listOf(await evaluate('values', message)));
    };
  },
);

/** One value or a list of them; anything else is a mistake in the flow. */
function listOf(found: unknown): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(found) ? found : [found];
  if (values.some((value) => typeof value !== 'string' && typeof value !== 'number')) {
    throw new WorkflowError('sighting.noValues');
  }
  return values;
}

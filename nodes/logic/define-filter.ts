import { renewPositions, type Filtered, type FilterState } from '../../src/event/data-filter';
import { extract } from '../../src/event/hash';
import { countOf } from '../../src/event/values';
import { defineNode } from '../adaptor';
import type { Config, Description, Fields } from '../definition';
import { filtersOf, setFilters } from '../../src/runs/message';
import { decidedOn, lookingAt, withAsMisp, type NodeReads } from './decided-on';
import { offerTrial, type Trial } from './trial';

/** What a filter node says of itself; the rest is the same for all of them. */
type FilterDescription<F extends Fields> = Omit<Description<F>, 'family' | 'inputs' | 'outputs' | 'harmless'>;

/** MISP's labels of filters: a filter is removed by its label. */
export const FILTER_LABELS = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

/**
 * A filter module of MISP: it changes what of the data the next nodes see. The message carries the filtered
 * view as its payload, and in `msg.misp.filters` what is needed to take the filter away.
 * @param prepare gets the settings once per deploy and returns what is done to the data
 * @param readsOf what of an event the filter looks at, by the settings; nothing if it looks at no event
 */
export function defineFilter<const F extends Fields>(
  description: FilterDescription<F>,
  prepare: (config: Config<F>) => (data: unknown, state?: FilterState) => Filtered,
  readsOf: (config: Config<F>) => NodeReads = () => undefined,
) {
  const full: Description<F> = {
    ...description,
    ...withAsMisp(description),
    family: 'logic',
    inputs: 1,
    outputs: ['filtered'],
    harmless: true,
    trial: true,
  };
  offerTrial(full, (config, message) => {
    const { data } = decidedOn(full, config, readsOf(config))(message);
    return kept(data, prepare(config)(data));
  });
  return defineNode<F>(full, (context) => {
    const filter = prepare(context.config);
    const look = lookingAt(context, full, readsOf(context.config));
    return {
      input(message) {
        const before = filtersOf(message);
        // Node-RED may have cloned the message: then positions are known anew.
        if (before) renewPositions(message.payload, before);
        const seen = look(message);
        const { data, state } = filter(seen, before);
        context.note(message, () => ({
          what: 'decided',
          way: 'filtered',
          found: kept(seen, { data, state }).found,
        }));
        message.payload = data;
        setFilters(message, state);
        return [message];
      },
    };
  });
}

/** How many items each selector of a filter leaves. */
function kept(whole: unknown, { data, state }: Filtered): Trial {
  const found = (state?.narrowed ?? []).map((selector) => {
    const [before, after] = [whole, data].map((view) => countOf(extract(view, selector)));
    return `${selector}: ${after} / ${before}`;
  });
  return { outcome: 'filtered', found };
}

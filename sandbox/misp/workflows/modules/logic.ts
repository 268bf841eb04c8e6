import type { Filtered } from '../../../../src/event/data-filter';
import { aggregateIf } from '../../../../src/logic/aggregate-if';
import { countIf } from '../../../../src/logic/count-if';
import { distributionIf } from '../../../../src/logic/distribution-if';
import { filterTag } from '../../../../src/logic/filter-tag';
import { filterTimestamp } from '../../../../src/logic/filter-timestamp';
import { genericFilter, genericFilterReset } from '../../../../src/logic/generic-filter';
import { genericIf } from '../../../../src/logic/generic-if';
import { organisationIf } from '../../../../src/logic/organisation-if';
import { publishedIf } from '../../../../src/logic/published-if';
import { tagIf } from '../../../../src/logic/tag-if';
import { threatLevelIf } from '../../../../src/logic/threat-level-if';
import type { Roaming } from './module';

type Params = Readonly<Record<string, unknown>>;
type Logic = (params: Params, roaming: Roaming) => boolean;

const of =
  (decide: (params: Params, data: unknown) => boolean): Logic =>
  (params, { data }) =>
    decide(params, data);

function narrow(roaming: Roaming, { data, state }: Filtered): true {
  Object.assign(roaming, { data, filters: state });
  return true;
}

/** MISP's logic modules: true is the first output. */
export const LOGIC: Readonly<Record<string, Logic>> = {
  'count-if': of(countIf),
  'distribution-if': of(distributionIf),
  'generic-if': of(genericIf),
  'organisation-if': of(organisationIf),
  'published-if': of(publishedIf),
  'tag-if': of(tagIf),
  'threat-level-if': of(threatLevelIf),
  // Of newer MISPs.
  aggregate_comparator_if: of((params, data) => aggregateIf(params)(data)),
  'filter-tag': (params, roaming) => narrow(roaming, filterTag(params, roaming.data, roaming.filters)),
  'filter-timestamp': (params, roaming) =>
    narrow(roaming, filterTimestamp(params, roaming.data, roaming.filters)),
  'generic-filter-data': (params, roaming) =>
    narrow(roaming, genericFilter(params, roaming.data, roaming.filters)),
  'generic-filter-reset': (params, roaming) =>
    narrow(roaming, genericFilterReset({ ...params, resetsAll: true }, roaming.data, roaming.filters)),
};

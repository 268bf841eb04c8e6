/** MISP's logic modules. */
import { countIf } from '../../../src/logic/count-if';
import { distributionIf } from '../../../src/logic/distribution-if';
import { genericIf } from '../../../src/logic/generic-if';
import { organisationIf } from '../../../src/logic/organisation-if';
import { publishedIf } from '../../../src/logic/published-if';
import { threatLevelIf } from '../../../src/logic/threat-level-if';
import { tagIf } from '../../../src/logic/tag-if';
import { configured } from '../misp/configured';
import type { Json } from '../vectors';
import type { Adapter } from './index';

type Module = (params: never, data: unknown, report: (error: Error) => void) => boolean;

/** The decision, and the errors it reported without failing. */
function ask(
  id: string,
  decide: Module,
  params: Json | undefined,
  data: unknown,
): { result: boolean; errors: string[] } {
  const errors: string[] = [];
  const result = decide(configured(id, params) as never, data, (error) => errors.push(error.message));
  return { result, errors };
}

/** By MISP's module id. */
export const modules: Record<string, Module> = {
  'count-if': countIf,
  'distribution-if': distributionIf,
  'generic-if': genericIf,
  'organisation-if': organisationIf,
  'published-if': publishedIf,
  'tag-if': tagIf,
  'threat-level-if': threatLevelIf,
};

export const adapters = Object.fromEntries(
  Object.entries(modules).map(([id, decide]): [string, Adapter] => [
    id,
    ({ params, data }) => ask(id, decide, params, data),
  ]),
);

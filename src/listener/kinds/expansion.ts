import { describeDrawn, drawn, type DrawnModule, type ModuleRequest } from './drawn';
import type { Kind } from './kind';
import { commonOf, subjectOf } from './module-request';

/** A module of MISP's Enrichment service: in the menu of an attribute, when the mouse is over it, or both. */
export interface ExpansionModule extends DrawnModule {
  kind: 'expansion';
  expands: boolean;
  hovers: boolean;
}

export interface ExpansionTypes {
  module: ExpansionModule;
  request: ModuleRequest;
}

export const expansion = {
  ...drawn,
  describe(module) {
    const types = [...(module.expands ? ['expansion'] : []), ...(module.hovers ? ['hover'] : [])];
    return describeDrawn(module, types, { input: module.input, output: ['text'] });
  },
  /** MISP gives a hover 5 s, and asks one module after the other. */
  defaultDeadlineMs: ({ hovers }: Pick<ExpansionModule, 'hovers'>) => (hovers ? 4000 : 8000),
  read: (body, module) => ({ ...commonOf(body, module), ...subjectOf(body, module) }),
} satisfies Kind<ExpansionTypes>;

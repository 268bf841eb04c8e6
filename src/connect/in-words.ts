import type { SetUpOperation } from '../actions/set-up';
import { text, type Text } from '../text';
import { blocksOf } from '../actions/misp-graph';
import { withoutLogin } from './wish';

/** A step as a person reads it before it is done. Passwords stay out. */
export function stepInWords(step: SetUpOperation): Text {
  switch (step.do) {
    case 'set-setting':
      return text('connect.step.setting', {
        name: step.name,
        value: withoutLogin(step.value),
        was: withoutLogin(step.was),
      });
    case 'see-module':
      return text('connect.step.see', { module: step.module });
    case 'see-setting':
      return text('connect.step.seeService', { module: step.module, service: step.family });
    case 'create-tag':
      return text('connect.step.tag', { tag: step.tag });
    case 'create-workflow':
      return text('connect.step.create', { trigger: step.adHoc ?? step.trigger });
    case 'delete-workflow':
      return text('connect.step.delete', { trigger: step.adHoc ?? step.trigger });
    case 'draw-workflow':
      return text(isDrawnClosed(step.graph) ? 'connect.step.drawClosed' : 'connect.step.draw', {
        trigger: step.adHoc ?? step.trigger,
        count: Object.keys(step.graph).length,
      });
    case 'switch-module':
      if (step.isTrigger)
        return text(step.on ? 'connect.step.triggerOn' : 'connect.step.triggerOff', {
          trigger: step.adHoc ?? step.module,
        });
      return text(step.on ? 'connect.step.moduleOn' : 'connect.step.moduleOff', { module: step.module });
  }
}

function isDrawnClosed(graph: Parameters<typeof blocksOf>[0]): boolean {
  const has = (module: string, least = 1) => blocksOf(graph, module).length >= least;
  const asks = has('reload-full-event', 2) || (has('attach-enrichment') && has('generic-if'));
  return has('stop-execution') && asks;
}

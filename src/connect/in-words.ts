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

const isDrawnClosed = (graph: Parameters<typeof blocksOf>[0]) =>
  blocksOf(graph, 'stop-execution').length > 0 && blocksOf(graph, 'reload-full-event').length > 1;

import type { Registered } from './plugin';
import { textFrom } from './show';

/** Node-RED's title of a form has the name of the type in a sentence, "Edit edit event node": ours is marked as a name. */
export function titleForm(node: EditorNode, { type, family }: Registered): void {
  if (family === 'config') return;
  const titles = $('.red-ui-tray').eq(-1).find('.red-ui-tray-breadcrumbs li');
  titles.eq(-1).text(textFrom(node, `${type}.title`, { name: node._(`${type}.name`) }));
}

import { text } from '../flows/texts';

/** A choice of one of the MISPs of this Node-RED; the first one is chosen. */
export function serverChoice(): JQuery {
  const choice = $('<select class="misp-workflow-server">').attr('aria-label', text('server'));
  $('<option value="">').text(text('noServer')).appendTo(choice);
  RED.nodes.eachConfig((node) => {
    if (node.type !== 'misp-server') return;
    $('<option>').attr('value', node.id).text(RED.utils.getNodeLabel(node, node.id)).appendTo(choice);
  });
  const first = choice.children('option').eq(1);
  if (first.length > 0) choice.val(first.attr('value') ?? '');
  return choice;
}

import type { Finding, FindingKey } from '../../src/checks/finding';
import { canMend, mend } from './mend';
import { namesOf, text, wordsOf } from './texts';

const ID = 'misp-checks';

/** Findings whose cure is a setting of the node; that of the others is on the canvas. */
const IN_FORM: ReadonlySet<FindingKey> = new Set([
  ...(['lacks', 'equalsSeveral', 'deadlineTooLong', 'moduleTwice'] as const),
  ...(['portTwice', 'portTaken', 'cannotListen'] as const),
]);

export interface FindingList {
  /** @param id the node whose findings get the focus */
  show(id?: string): void;
  update(findings: Finding[]): void;
}

/**
 * The sidebar tab with all findings; clicking one shows its node, and the form if that has the cure.
 * @param isOurs tells the node types of this package
 */
export function createList(isOurs: (type: string) => boolean): FindingList {
  const content = $('<div class="misp-checks">');
  const summary = $('<p role="status" aria-live="polite">').text(text('none')).appendTo(content);
  const all = $('<button type="button" class="red-ui-button red-ui-button-small misp-checks-mend-all">')
    .appendTo(content)
    .hide();
  const list = $('<ul>').attr('aria-label', text('title')).appendTo(content);
  RED.sidebar.addTab({
    id: ID,
    label: text('label'),
    name: text('title'),
    content,
    pinned: true,
    enableOnEdit: true,
    iconClass: 'fa fa-check-square-o',
  });

  const show = (id?: string) => {
    RED.sidebar.show(ID);
    const rows = list.children();
    const entry = id ? rows.filter((_, row) => (row.dataset.nodes ?? '').split(' ').includes(id)) : rows;
    entry.find('button').first().trigger('focus');
  };
  const counter = statusButton(() => show());

  return {
    show,
    update(findings) {
      const number = findings.length;
      const words = text(number === 0 ? 'none' : number === 1 ? 'one' : 'several', { number });
      if (summary.text() !== words) summary.text(words);
      const sorted = [...findings].sort((a, b) => Number(b.danger) - Number(a.danger));
      const mendable = sorted.filter((finding) => canMend(finding, isOurs));
      list.empty().append(sorted.map((finding) => entryOf(finding, mendable.includes(finding))));
      all
        .off('click')
        .on('click', () => mend(mendable))
        .text(text('mendAll', { number: mendable.length }))
        .toggle(mendable.length > 1);
      titleTab(number);
      counter(
        number,
        findings.some(({ danger }) => danger),
      );
    },
  };
}

function entryOf(finding: Finding, isMendable: boolean): JQuery {
  const { danger, nodes } = finding;
  const kind = text(danger ? 'danger' : 'warning');
  const row = $('<li>').attr('data-key', finding.key).attr('data-nodes', nodes.join(' '));
  row.toggleClass('misp-check-danger', danger);
  const reveal = (id: string) => () => lookAt(id, IN_FORM.has(finding.key));
  $('<button type="button" class="misp-check-words">')
    .append($('<i class="fa fa-exclamation-circle">').attr({ role: 'img', 'aria-label': kind, title: kind }))
    .append($('<span>').text(wordsOf(finding)))
    .on('click', reveal(nodes[0]))
    .appendTo(row);
  if (isMendable) {
    $('<button type="button" class="red-ui-button red-ui-button-small misp-checks-mend">')
      .text(text(finding.key === 'switchWithoutOtherwise' ? 'mendSwitch' : 'mend'))
      .on('click', () => mend([finding]))
      .appendTo(row);
  }
  if (nodes.length < 2) return row;
  const names = namesOf(nodes);
  for (const [index, id] of nodes.entries()) {
    $('<button type="button" class="red-ui-button red-ui-button-small">')
      .text(text('show', { node: names[index] }))
      .on('click', reveal(id))
      .appendTo(row);
  }
  return row;
}

/** Shows a node, and its form unless another is open: what was typed there is not to be covered. */
function lookAt(id: string, inForm: boolean): void {
  RED.view.reveal(id);
  const node = RED.nodes.node(id);
  if (!node?._def || !inForm || $('.red-ui-tray').length > 0) return;
  if (node._def.category === 'config') RED.editor.editConfig('', node.type, id);
  else RED.editor.edit(node);
}

/** A button in the bar below the workspace, while there are findings: a tab may be hidden by others. */
function statusButton(onclick: () => void): (number: number, danger: boolean) => void {
  const button = $('<button type="button" class="red-ui-footer-button misp-checks-status">').on(
    'click',
    onclick,
  );
  RED.statusBar.add({ id: 'misp-checks-status', align: 'left', element: button });
  RED.statusBar.hide('misp-checks-status');
  return (number, danger) => {
    const words = text('titleWith', { number });
    button.text(words).toggleClass('misp-check-danger', danger);
    RED.statusBar[number > 0 ? 'show' : 'hide']('misp-checks-status');
  };
}

/** Node-RED gives no way to rename a tab, so the number is written to where it shows the label. */
function titleTab(number: number): void {
  const labels = number === 0 ? ['label', 'title'] : ['labelWith', 'titleWith'];
  const [label, title] = labels.map((key) => text(key, { number }));
  $(`#red-ui-tab-${ID}`).attr('title', title).find('.red-ui-tab-label > span').first().text(label);
  const buttons = $(`#red-ui-tab-${ID}-link-button, button[data-tab-id="${ID}"]`);
  buttons.attr('aria-label', title).find('.misp-checks-number').remove();
  if (number > 0) $('<span class="misp-checks-number" aria-hidden="true">').text(number).appendTo(buttons);
}

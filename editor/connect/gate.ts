import type { ConnectQuestion } from '../../nodes/plugin/api';
import { text } from './texts';

type Gate = Pick<NonNullable<ConnectQuestion['services']>, 'gate'>;

const TRIGGERS = ['event-publish', 'event-before-save'];
const EXPANDS: readonly unknown[] = ['expansion', 'both', 'hover'];
const WORD = 'cleared';

/** The fields that have a workflow of MISP stop unless a flow of a listener has said a word; none without such a flow. */
export function gateFields(listener: string): { row: JQuery; gate: () => Gate } {
  const row = $('<div class="misp-connect-gate">');
  const modules = enrichmentsAt(listener);
  if (modules.length === 0) return { row, gate: () => ({}) };
  const trigger = choice('misp-connect-gate-trigger', [
    { value: '', words: text('services.gate.none') },
    ...TRIGGERS.map((value) => ({ value, words: text(`services.gate.${value}`) })),
  ]);
  const module = choice(
    'misp-connect-gate-module',
    modules.map((value) => ({ value, words: value })),
  );
  const word = $('<input type="text" id="misp-connect-gate-word" spellcheck="false" maxlength="100">').val(
    WORD,
  );
  line('label', trigger, 'tip').appendTo(row);
  const more = $('<div>')
    .append(line('module', module), line('word', word, 'wordTip'))
    .appendTo(row)
    .hide();
  trigger.on('change', () => void more.toggle(trigger.val() !== ''));
  const gate = (): Gate =>
    trigger.val() === ''
      ? {}
      : { gate: { trigger: trigger.val(), module: module.val(), word: word.val().trim() } };
  return { row, gate };
}

/** The modules that flows of a listener are for MISP's Enrichment service. */
function enrichmentsAt(listener: string): string[] {
  const names: string[] = [];
  RED.nodes.eachNode((node) => {
    const isOne = node.type === 'misp-module-in' && node.listener === listener && EXPANDS.includes(node.kind);
    if (isOne && node.d !== true && typeof node.module === 'string' && node.module !== '')
      names.push(node.module);
  });
  return [...new Set(names)];
}

function choice(id: string, options: { value: string; words: string }[]): JQuery {
  const select = $('<select>').attr('id', id);
  for (const { value, words } of options) $('<option>').val(value).text(words).appendTo(select);
  return select;
}

function line(label: string, field: JQuery, tip?: string): JQuery {
  const name = $('<label>')
    .attr('for', String(field.attr('id')))
    .text(text(`services.gate.${label}`));
  const row = $('<div class="form-row misp-row">').append(name).append(field);
  return tip === undefined ? row : row.append($('<div class="misp-tip">').text(text(`services.gate.${tip}`)));
}

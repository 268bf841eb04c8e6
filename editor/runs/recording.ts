import type { Answer } from '../../nodes/plugin/api';
import { ask, refusalOf } from '../ask';
import { notifyText } from '../show';
import { text, timeOf } from './texts';

/** So many runs are kept at once. */
const RUNS = 10;

/** The switch that keeps the data between nodes for the next runs. */
export function recordingSwitch(): Record<'refresh' | 'refreshIfOn', () => void> & { row: JQuery } {
  const row = $('<div class="misp-run-recording">');
  const button = $('<button type="button" class="red-ui-button red-ui-button-small">')
    .attr('data-action', 'record')
    .on('click', () =>
      ask('POST /recording', { body: { runs: isOn ? 0 : RUNS } })
        .done(show)
        .fail((failed) => void notifyText(refusalOf(failed) ?? text('data.failed'), { type: 'error' })),
    )
    .appendTo(row);
  const state = $('<span role="status">').appendTo(row);
  let isOn = false;
  const show = (answer: Answer<'GET /recording'>) => {
    if ('problem' in answer) return void state.text(answer.problem);
    const { runs, until } = answer;
    isOn = runs > 0;
    button
      .attr('aria-pressed', String(isOn))
      .text(text(isOn ? 'recording.stop' : 'recording.start', { runs: RUNS }));
    state.text(isOn ? text('recording.on', { runs, time: timeOf(until) }) : '');
  };
  button.text(text('recording.start', { runs: RUNS }));
  const refresh = () => void ask('GET /recording', {}).done(show);
  return { row, refresh, refreshIfOn: () => isOn && refresh() };
}

import type { Answer, RunPage } from '../../nodes/plugin/api';
import type { RunRecord } from '../../src/history/record';
import { ask, refusalOf } from '../ask';
import { download } from '../download';
import { askFirst, notifyText } from '../show';
import { actingWords } from '../test-run/run';
import { text } from './texts';

/** Shows what came of a replay, beside the run that was replayed, if there was one. */
type Show = (page: RunPage, before?: RunRecord) => void;

/** Runs the data of a run through today's flow. @param acts the nodes act */
export function replayRun({ run, node }: RunRecord, acts: boolean, show: Show): void {
  const params = { id: run };
  confirm(node.id, acts, () =>
    ask('GET /runs/:id', { params })
      .done((recorded) => {
        if ('problem' in recorded) return;
        take(ask('POST /runs/:id/replay', { params, body: { acts } }), (page) => show(page, recorded.record));
      })
      .fail(refused),
  );
}

/** What is to be run that was not recorded. */
export type Pasted = { text: string } | { server: string; event: string };

/** Runs what was pasted, or an event of MISP, through the flow of a trigger. */
export function replayInput(trigger: string, input: Pasted, acts: boolean, show: Show): void {
  confirm(trigger, acts, () => {
    const body = { acts, ...input };
    take(ask('POST /triggers/:id/replay', { params: { id: trigger }, body }), (page) => show(page));
  });
}

/** Hands the user a run as a file with a test. */
export function saveTest(run: string): void {
  ask('GET /runs/:id/test', { params: { id: run } })
    .done((answer) => {
      if ('problem' in answer) return void notifyText(answer.problem, { type: 'error' });
      const file = answer.name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60) || 'run';
      download(`${file}.misp-test.json`, answer.text);
    })
    .fail(refused);
}

function take(request: JQueryRequest<Answer<'POST /runs/:id/replay'>>, show: (page: RunPage) => void): void {
  request
    .done((answer) => {
      if ('problem' in answer) notifyText(answer.problem, { type: 'error' });
      else show(answer);
    })
    .fail(refused);
}

const refused = (failed: { status: number; responseJSON?: unknown }) => {
  const words = refusalOf(failed) ?? text(failed.status === 404 ? 'replay.notDeployed' : 'replay.failed');
  notifyText(words, { type: 'error' });
};

/** Asks first where something would really happen: all nodes act, or those that know nothing of tests. */
function confirm(trigger: string, acts: boolean, run: () => void): void {
  const node = RED.nodes.node(trigger);
  const acting = node && !acts ? actingWords(node) : '';
  if (!acts && acting === '') return run();
  const yes = text(acts ? 'actions.replayForReal' : 'actions.replay');
  askFirst(acts ? text('replay.confirm') : acting, { no: text('replay.cancel'), yes }, run);
}

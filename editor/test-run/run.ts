import { ask, refusalOf } from '../ask';
import { askFirst, notifyText, textFrom } from '../show';
import type { TestRun, Use } from '../../nodes/plugin/api';
import { actingLabels } from './acting';
import { lightWay } from './way';

/** What a test run is made with. */
export interface TestWith {
  use: Use | 'event';
  /** Of an event: the MISP that has it, and its id or uuid. */
  server?: string;
  event?: string;
}

type Show = (state: string, message: string) => void;

/** A test run from the node's button on the canvas: what really acts is named first. */
export function testFromCanvas(node: EditorNode): void {
  const show: Show = (state, message) =>
    void notifyText(message, { type: state === 'ok' ? 'success' : state });
  const run = () => testRun(node, { use: 'received' }, show);
  const words = actingWords(node);
  if (words === '') return run();
  const text = (key: string) => textFrom(node, `misp-trigger.test.${key}`);
  askFirst(words, { no: text('cancel'), yes: text('runAll') }, run);
}

/** Which nodes behind the trigger really act in a test run, in words; an empty text if none does. */
export function actingWords(node: EditorNode): string {
  const { labels, more } = actingLabels(node);
  if (labels.length === 0) return '';
  const text = (key: string, params: object) => textFrom(node, `misp-trigger.test.${key}`, params);
  const nodes = labels.join(', ') + (more > 0 ? text('more', { more }) : '');
  return text('acting', { nodes });
}

/** Triggers whose test is under way: what is pressed twice must not act twice. */
const underWay = new Set<string>();

/** Sends a request through the deployed flow as a test, says what MISP would have been told, and shows the way. */
export function testRun(node: EditorNode, withWhat: TestWith, show: Show): void {
  if (underWay.has(node.id)) return;
  underWay.add(node.id);
  const text = (key: string, params?: object) => textFrom(node, `misp-trigger.test.${key}`, params);
  const tell = ({ kind, outcome, cause, reason, failed, way }: TestRun) => {
    const state = outcome === 'block' || failed.length > 0 ? 'warning' : 'ok';
    const why = reason ? `: ${reason}` : '';
    const used = text(`with.${kind}`, { event: withWhat.event });
    const told = text(outcome, { with: used, cause: text(`cause.${cause}`), why });
    show(state, [failedText(failed), told].filter(Boolean).join(' '));
    lightWay(way);
  };
  const failedText = (labels: string[]) =>
    labels.length === 0
      ? ''
      : text(labels.length === 1 ? 'failedNode' : 'failedNodes', {
          count: labels.length,
          nodes: labels.join(', '),
        });
  ask('POST /triggers/:id/test', { params: { id: node.id }, body: withWhat })
    .done((answer) => {
      underWay.delete(node.id);
      if ('problem' in answer) show('error', answer.problem);
      else tell(answer);
    })
    .fail((failed) => {
      underWay.delete(node.id);
      const { status } = failed;
      const refusal = refusalOf(failed);
      if (refusal !== undefined) show('warning', refusal);
      else show('error', text(status === 404 ? 'notDeployed' : 'failed', { status }));
    });
}

import { ask, refusalOf } from '../ask';
import { openTray } from '../flows/tray';
import { textFrom } from '../show';
import { element } from './dom';
import { NoAnswer, type Door } from './door';
import { showFlow, type FlowShown } from './flow';

const text = (key: string, params: object = {}) =>
  textFrom(RED, `@misp-flows/node-red-misp/misp-adhoc-run:misp-adhoc-run.page.${key}`, params);

/** The runs as Node-RED's editor asks for them. */
const door: Door = {
  text,
  ask(route, question) {
    return new Promise((resolve, reject) => {
      ask(route, question as never)
        .done((answer) => {
          if (typeof answer === 'object' && answer !== null && 'problem' in answer)
            reject(new NoAnswer(answer.problem));
          else resolve(answer as never);
        })
        .fail((failed) => reject(new NoAnswer(refusalOf(failed) ?? failureText(failed.status))));
    });
  },
};

const failureText = (status: number) =>
  status === 404 ? text('notDeployed') : status === 401 ? text('refused') : text('failed', { status });

/** Opens the dialog in which a run of a node is started and followed. */
export function openAdHocRuns(node: EditorNode): void {
  let shown: FlowShown | undefined;
  openTray({
    title: text('title'),
    width: 720,
    cancel: text('close'),
    fill(body) {
      const place = element('div', '', { class: 'misp-ad-hoc-place' });
      place.append(element('p', text('loading'), { role: 'status' }));
      body.append(place);
      door
        .ask('GET /ad-hoc-runs/flows/:id', { params: { id: node.id } })
        .then((form) => {
          shown = showFlow(door, form);
          place.replaceChildren(shown.box);
          shown.box.querySelector<HTMLElement>('input, textarea')?.focus();
        })
        .catch((error: Error) => {
          place.replaceChildren(element('p', error.message, { role: 'alert' }));
        });
    },
    closed: () => shown?.close(),
  });
}

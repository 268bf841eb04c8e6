import type { NodeAPI } from 'node-red';
import { sampleFor } from '../last-message';
import { bodyOf, idsOf, textOf } from './body';
import { attempt } from './trial/trials';
import { namesFor } from '../template-names';

/** The routes behind the fields for hash paths and templates: what they yield on the trigger's last message. */
export function servePreviews(RED: NodeAPI): void {
  const mayRead = RED.auth.needsPermission('misp.read');
  RED.httpAdmin.post('/misp-workflows/try/path', mayRead, (request, response) => {
    const { path, selector, triggers } = bodyOf(request);
    const sample = sampleFor(RED, idsOf(triggers));
    void attempt({ do: 'path', path: textOf(path), selector: textOf(selector), sample }).then((answer) =>
      response.json(answer),
    );
  });
  RED.httpAdmin.post('/misp-workflows/try/template', mayRead, (request, response) => {
    const { template, triggers } = bodyOf(request);
    const sample = sampleFor(RED, idsOf(triggers));
    const names = sample ? namesFor(RED, sample.message) : {};
    void attempt({ do: 'template', template: textOf(template), sample, names }).then((answer) =>
      response.json(answer),
    );
  });
}

import type { NodeAPI } from 'node-red';
import { namesFor } from '../template-names';
import { textField } from './body';
import { serve } from './route';
import { attempt } from './trial/trials';

const READ = { permission: 'misp.read' } as const;

/** The routes behind the fields for hash paths and templates: what they yield on the trigger's last message. */
export function servePreviews(RED: NodeAPI): void {
  serve(RED, 'POST /try/path', READ, ({ body: { path, selector, triggers }, sample }) =>
    attempt({ do: 'path', path: textField(path), selector: textField(selector), sample: sample(triggers) }),
  );
  serve(RED, 'POST /try/template', READ, ({ body: { template, triggers }, sample }) => {
    const found = sample(triggers);
    const names = found ? namesFor(RED, found.message) : {};
    return attempt({ do: 'template', template: textField(template), sample: found, names });
  });
}

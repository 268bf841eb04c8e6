import type { NodeAPI } from 'node-red';
import { textField } from './body';
import { recordOf, serve } from './route';
import { attempt } from './trial/trials';

/** As much as Node-RED takes: an event may be pasted. */
const OPTIONS = { permission: 'misp.write', limit: Infinity } as const;

/** The route behind "Try it" in the forms of logic nodes. It evaluates what is sent: that is more than reading. */
export function serveTrials(RED: NodeAPI): void {
  serve(RED, 'POST /try/node', OPTIONS, ({ body, sample }) => {
    const event = textField(body.event);
    return attempt({
      do: 'node',
      type: textField(body.type),
      settings: recordOf(body.settings),
      event,
      sample: event.trim() ? undefined : sample(body.triggers),
    });
  });
}

import { setMaxListeners } from 'node:events';

/** What ends the work of a node that is closed; each message under way listens to it. */
export function closingController(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

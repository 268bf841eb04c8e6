import { parentPort, workerData } from 'node:worker_threads';
import { speak } from '../../text';
import type { FromWorker, ToWorker, WorkerStart } from '../protocol';
import { ListenerServer } from './server';

/** The thread of one service: carries messages between the server and the main thread. */
const port = parentPort;
if (!port) throw new Error('This file is started as a worker thread');

const { settings, absence, messages, drained } = workerData as WorkerStart;
speak(messages);
const server = new ListenerServer(settings, absence, (message: FromWorker, transfer) =>
  port.postMessage(message, transfer ?? []),
);

/** Lets the main thread, which waits in its exit handler, go on. */
function tellDrained(): void {
  const flag = new Int32Array(drained);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'answer':
      return server.answer(message.id, message.reply, message.goesOn);
    case 'queue':
      return server.keepIn(message.entrance);
    case 'drop':
      return server.drop(message.id);
    case 'told':
      return server.monitor.told(message.what, message.answer);
    case 'debugTaken':
      return server.debugPosts.taken(message.bytes);
    case 'ended':
      return server.ended(message.id);
    case 'module':
      return server.setModule(message.module, message.state);
    case 'listComes':
      return server.listWait.set(message.isComing);
    case 'absence':
      return server.setAbsence(message.absence);
    case 'list':
      return server.lists.set(message.name, message.list);
    case 'listsCame':
      return server.lists.haveCome();
    case 'forgetList':
      return server.lists.forget(message.name);
    case 'forget':
      return server.forget(message.name);
    case 'settings':
      return server.configure(message.settings);
    case 'drain':
      return server.drain(tellDrained);
    case 'close':
      return server.close();
  }
});

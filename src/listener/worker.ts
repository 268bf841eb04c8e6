import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ServiceSettings, ToWorker } from './protocol';
import { ListenerServer } from './server';

/** The thread of one service: carries messages between the server and the main thread. */
const port = parentPort;
if (!port) throw new Error('This file is started as a worker thread');

const server = new ListenerServer(workerData as ServiceSettings, (message: FromWorker, transfer) =>
  port.postMessage(message, transfer ?? []),
);

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'answer':
      return server.answer(message.id, message.error);
    case 'ended':
      return server.ended(message.id);
    case 'module':
      return server.setModule(message.module, message.state);
    case 'forget':
      return server.forget(message.name);
    case 'settings':
      return server.configure(message.settings);
    case 'drain':
      return server.drain();
    case 'close':
      return server.close();
  }
});

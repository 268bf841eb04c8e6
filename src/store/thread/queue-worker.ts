import { parentPort, workerData } from 'node:worker_threads';
import { saidBy, speak } from '../../text';
import type { FromQueueThread, QueueStart, ToQueueThread } from '../queue-protocol';
import { QueueKeeper } from './queue-keeper';

if (!parentPort) throw new Error('This file is started as a worker thread');
const port = parentPort;
const start = workerData as QueueStart;
speak(start.messages);

const tell = (message: FromQueueThread, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
const keeper = new QueueKeeper(start, tell);

port.on('message', (message: ToQueueThread) => {
  if (message.do === 'close') return close();
  if (message.do !== 'ask') return keeper.take(message);
  const { id, question } = message;
  try {
    tell({ told: 'answer', id, answer: keeper.answer(question) });
  } catch (error) {
    tell({ told: 'refusal', id, problem: saidBy(error) });
  }
});

/** The other side may wait for it without taking messages. */
function close(): void {
  keeper.close();
  const closed = new Int32Array(start.closed);
  Atomics.store(closed, 0, 1);
  Atomics.notify(closed, 0);
  port.close();
}

void keeper.begin();

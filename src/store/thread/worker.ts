import { parentPort, workerData } from 'node:worker_threads';
import { saidBy, speak } from '../../text';
import type { FromThread, ThreadStart, ToThread } from '../protocol';
import { Keeper } from './keeper';

if (!parentPort) throw new Error('This file is started as a worker thread');
const port = parentPort;
const start = workerData as ThreadStart;
speak(start.messages);

const tell = (message: FromThread) => port.postMessage(message);
const keeper = new Keeper(start, tell);

port.on('message', (message: ToThread) => {
  if (message.do === 'limits') return keeper.setLimits(message.limits);
  if (message.do === 'close') return close();
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

import { parentPort, workerData } from 'node:worker_threads';
import { saidBy, speak, type Catalogue } from '../../text';

/** A process that ends does not wait for its threads: code that is being compiled gets time for that, in milliseconds. */
const SETTLE_MS = 100;

type Start = { messages: Catalogue; closed: SharedArrayBuffer };

/** What a thread of the store does with what comes from the other side. */
interface Keeper<Told, Question> {
  begin(): Promise<void>;
  take(message: Told): void;
  /** Perhaps as a promise. */
  answer(question: Question): unknown;
  /** All that was told is written then, or when its promise is kept. */
  close(): void | Promise<void>;
}

/**
 * Runs a thread of the store until the other side closes it.
 * @param make the keeper, of what the thread begins with and a way to tell the other side
 */
export function serve<S extends Start, Told extends object, Question>(
  make: (start: S, tell: (message: object, transfer?: ArrayBuffer[]) => void) => Keeper<Told, Question>,
): void {
  if (!parentPort) throw new Error('This file is started as a worker thread');
  const port = parentPort;
  const start = workerData as S;
  speak(start.messages);
  const tell = (message: object, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);
  const keeper = make(start, tell);
  let hasEnded = false;

  port.on('message', (message: Told | Asked<Question> | Closing) => {
    if (hasEnded) return;
    if (isClosing(message)) return close();
    if (!isAsked<Question>(message)) return keeper.take(message);
    const { id, question } = message;
    const told = (answer: unknown) => tell({ told: 'answer', id, answer });
    const refused = (error: unknown) => tell({ told: 'refusal', id, problem: saidBy(error) });
    try {
      const answer = keeper.answer(question);
      if (answer instanceof Promise) answer.then(told, refused);
      else told(answer);
    } catch (error) {
      refused(error);
    }
  });
  void keeper.begin();

  /** The other side may wait for it without taking messages. */
  function close(): void {
    const closing = keeper.close();
    if (closing) closing.then(end, end);
    else end();
  }

  /** It stays until the other side ends it: the end of a thread is no matter of the thread. */
  function end(): void {
    hasEnded = true;
    setTimeout(() => {
      const closed = new Int32Array(start.closed);
      Atomics.store(closed, 0, 1);
      Atomics.notify(closed, 0);
    }, SETTLE_MS);
  }
}

interface Asked<Question> {
  do: 'ask';
  id: number;
  question: Question;
}
interface Closing {
  do: 'close';
}

const isClosing = (message: object): message is Closing => 'do' in message && message.do === 'close';
const isAsked = <Question>(message: object): message is Asked<Question> =>
  'do' in message && message.do === 'ask';

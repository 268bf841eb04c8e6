import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { QueueEntry } from '../../queue/queue';
import type { Said } from '../../text';

/** What is done with what comes in. */
interface Entered {
  onEntry(source: string, port: MessagePort, entry: QueueEntry): void;
  /** Whoever was there is gone. */
  onClosed(port: MessagePort): void;
}

/** Where requests come in: a port for each listener's thread. */
export class Entrances {
  private readonly ports = new Map<string, MessagePort>();

  constructor(private readonly entered: Entered) {}

  /** One that was there of the same source is closed. */
  open(source: string, port: MessagePort): void {
    this.ports.get(source)?.close();
    this.ports.set(source, port);
    port.on('message', (entry: QueueEntry) => this.entered.onEntry(source, port, entry));
    port.on('close', () => {
      if (this.ports.get(source) === port) this.ports.delete(source);
      this.entered.onClosed(port);
    });
  }

  /** Gives what has come and was not yet heard: MISP may have been refused. */
  drain(): void {
    for (const [source, port] of this.ports) {
      for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
        this.entered.onEntry(source, port, next.message as QueueEntry);
    }
  }

  close(): void {
    for (const port of this.ports.values()) port.close();
  }
}

/** Tells that a request is not kept. */
export function refuse(port: MessagePort, key: string, problem: Said): void {
  port.postMessage({ entry: 'refused', keys: [key], problem });
}

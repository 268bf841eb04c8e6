import http from 'node:http';
import { call } from './misp';

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How long a sender that was refused waits, in milliseconds: MISP logs it meanwhile. */
const REFUSED_MS = 200;

export interface Salvo {
  requests: number;
  /** Bytes of a request, from and to. */
  sizes: [number, number];
  atOnce: number;
  /** Each sender tells of so many events in turn; without it, each request is about an event of its own. */
  events?: number;
}

/** Sends numbered requests that MISP does not wait for, and notes what it is told of each. */
export class Fire {
  readonly accepted = new Set<number>();
  readonly refused = new Map<number, string>();
  /** The process died before the answer: nobody can tell. */
  readonly unanswered = new Set<number>();
  /** Of each request that is about an event of several: which event. */
  readonly events = new Map<number, string>();
  private readonly ports: readonly number[];
  private next = 0;
  private agent!: http.Agent;

  /** @param port or several, of which each gets the next one */
  constructor(
    port: number | readonly number[],
    private readonly salvo: Salvo,
  ) {
    this.ports = [port].flat();
    this.renew();
  }

  get settled(): number {
    return this.accepted.size + this.refused.size + this.unanswered.size;
  }

  get isOver(): boolean {
    return this.settled === this.salvo.requests;
  }

  async all(): Promise<void> {
    const { requests, atOnce } = this.salvo;
    const worker = async (sender: number) => {
      while (this.next < requests) await this.send(this.next++, sender);
    };
    await Promise.all(Array.from({ length: atOnce }, (_, sender) => worker(sender)));
  }

  /** The connections are those to a process that is gone. */
  renew(): void {
    this.close();
    this.agent = new http.Agent({ keepAlive: true, maxSockets: this.salvo.atOnce });
  }

  close(): void {
    (this.agent as http.Agent | undefined)?.destroy();
  }

  private async send(number: number, sender: number): Promise<void> {
    const {
      sizes: [least, most],
      events,
    } = this.salvo;
    const event = events === undefined ? String(number) : `${sender}${number % events}`;
    if (events !== undefined) this.events.set(number, event);
    const text = body(number, event, Math.round(least + Math.random() * (most - least)));
    for (let turn = number; ; turn++) {
      try {
        const port = this.ports[turn % this.ports.length];
        const { json, text: told } = await call(text, { port, agent: this.agent });
        if (json.data === true) return void this.accepted.add(number);
        this.refused.set(number, told);
        return void (await sleep(REFUSED_MS));
      } catch (error) {
        // It has never got there.
        if ((error as NodeJS.ErrnoException).code !== 'ECONNREFUSED') return void this.unanswered.add(number);
        await sleep(20);
      }
    }
  }
}

function body(number: number, id: string, bytes: number): string {
  const uuid = `00000000-0000-4000-8000-${id.padStart(12, '0')}`;
  const event = { id, uuid, info: String(number), comment: '' };
  const request = { module: 'stored', data: { Event: event }, params: {} };
  event.comment = 'x'.repeat(Math.max(0, bytes - JSON.stringify(request).length));
  return JSON.stringify(request);
}

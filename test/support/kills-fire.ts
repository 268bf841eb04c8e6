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
}

/** Sends numbered requests that MISP does not wait for, and notes what it is told of each. */
export class Fire {
  readonly accepted = new Set<number>();
  readonly refused = new Map<number, string>();
  /** The process died before the answer: nobody can tell. */
  readonly unanswered = new Set<number>();
  private next = 0;
  private agent!: http.Agent;

  constructor(
    private readonly port: number,
    private readonly salvo: Salvo,
  ) {
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
    const worker = async () => {
      while (this.next < requests) await this.send(this.next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  /** The connections are those to a process that is gone. */
  renew(): void {
    this.close();
    this.agent = new http.Agent({ keepAlive: true, maxSockets: this.salvo.atOnce });
  }

  close(): void {
    (this.agent as http.Agent | undefined)?.destroy();
  }

  private async send(number: number): Promise<void> {
    const [least, most] = this.salvo.sizes;
    const text = body(number, Math.round(least + Math.random() * (most - least)));
    for (;;) {
      try {
        const { json, text: told } = await call(text, { port: this.port, agent: this.agent });
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

function body(number: number, bytes: number): string {
  const uuid = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  const event = { id: String(number), uuid, info: String(number), comment: '' };
  const request = { module: 'stored', data: { Event: event }, params: {} };
  event.comment = 'x'.repeat(Math.max(0, bytes - JSON.stringify(request).length));
  return JSON.stringify(request);
}

import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp, type StandInOptions } from '../../sandbox/misp/server';
import type { ConnectPreview, ConnectRun } from '../../nodes/plugin/api';
import { idOf, listener, node, tab, trigger } from './flows';
import { freePort } from './misp';
import { deploy, startNodeRed, type StartOptions } from './node-red';

export const PUBLISH_MODULE = 'nodered_event_publish';

/** A Node-RED whose flow stops every publication, and the routes behind its dialogs. */
export class Connected {
  misp!: StandInMisp;
  /** What the flow's MISP server node has; a test may put something in between. */
  address = '';

  private constructor(
    readonly nodeRed: Awaited<ReturnType<typeof startNodeRed>>,
    readonly port: number,
    private readonly headers: Record<string, string>,
  ) {}

  static async start(options: StartOptions = {}, headers = {}): Promise<Connected> {
    return new Connected(await startNodeRed(options), await freePort(), headers);
  }

  /** A fresh MISP, whose workflows are on, and the flow. */
  async meet(settings: object = {}, options: Partial<StandInOptions> = {}): Promise<void> {
    this.misp = await startStandInMisp({ port: 0, ...options });
    this.misp.settings.set('Plugin.Workflow_enable', true);
    this.address = this.misp.url;
    await this.deploy(settings);
  }

  async deploy(settings: object = {}): Promise<void> {
    const flow = [
      tab,
      { id: 'misp', type: 'misp-server', url: this.address, timeout: 5 },
      listener(this.port),
      trigger(['answer'], { module: PUBLISH_MODULE, deadline: 2, ...settings }),
      node('answer', 'misp-response', [], { answer: 'block', message: 'the flow' }),
    ];
    await deploy(this.nodeRed.RED, flow, {
      misp: { apiKey: API_KEY },
      listener: { user: 'misp', password: 'secret' },
    });
  }

  async ask<T>(method: 'GET' | 'POST', path: string, body: object = {}): Promise<T> {
    const about = { trigger: idOf('trigger'), server: 'misp', key: '', host: '127.0.0.1', ...body };
    const response = await fetch(`${this.nodeRed.url}/admin/misp-workflows/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...this.headers },
      ...(method === 'POST' ? { body: JSON.stringify(about) } : {}),
    });
    assert.equal(response.status, 200);
    return (await response.json()) as T;
  }

  async over<T extends { isOver: boolean }>(path: string): Promise<T> {
    for (;;) {
      const found = await this.ask<T>('GET', path);
      if (found.isOver) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Sets MISP up for the flow. */
  async connect(body: object = {}): Promise<string> {
    const { steps: seen } = await this.ask<ConnectPreview>('POST', 'connect/plan', body);
    const { run } = await this.ask<{ run: string }>('POST', 'connect/start', { ...body, seen });
    const { steps } = await this.over<ConnectRun>(`connect/runs/${run}`);
    assert.deepEqual(
      steps.filter(({ state }) => state === 'failed' || state === 'left'),
      [],
    );
    return run;
  }

  /** Events of proofs that are still in MISP, and their entries on its blocklist. */
  get left(): { events: number; blocked: number } {
    const isOfProof = (info: unknown) => String(info).startsWith('Round trip');
    return {
      events: [...this.misp.events.values()].filter(({ info }) => isOfProof(info)).length,
      blocked: this.misp.collections.blocklist.filter(({ event_info }) => isOfProof(event_info)).length,
    };
  }
}

/** Nothing of a proof is left in MISP. */
export const NOTHING_LEFT = { events: 0, blocked: 0 };

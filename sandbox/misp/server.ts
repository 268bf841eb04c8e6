import { readFileSync } from 'node:fs';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import path from 'node:path';
import type { ActionServiceSettings } from './action-service';
import { asTriggerData, sampleEvents, type Event } from './events';
import { restRoutes } from './rest';
import { runWorkflow, type Outcome, type Workflow } from './workflows';

export interface StandInOptions {
  port: number;
  host?: string;
  actionService: ActionServiceSettings;
  /** The workflow of each trigger. */
  workflows?: Record<string, Workflow>;
}

/** An answer of one of the routes. */
export interface Answer {
  status: number;
  body: unknown;
}
export type Route = (path: string, misp: StandInMisp) => Answer | Promise<Answer> | undefined;

/** The key that the REST routes take. */
export const API_KEY = 'sandboxsandboxsandboxsandboxsandboxsandb';

/**
 * A stand-in for MISP: what of MISP 2.5.1 a workflow needs, with its behaviour as it was recorded, failures
 * included. It serves the demo's web page and the tests.
 */
export class StandInMisp {
  readonly events = new Map<string, Event>(sampleEvents().map((event) => [event.id, event]));
  readonly workflows: Record<string, Workflow>;
  readonly actionService: ActionServiceSettings;
  /** Outcomes of all workflow runs, the latest last. */
  readonly outcomes: Outcome[] = [];
  /** Rows that MISP would write to its log. */
  readonly log: string[] = [];
  private readonly server = http.createServer((request, response) => void this.serve(request, response));

  constructor(private readonly options: StandInOptions) {
    this.workflows = { ...options.workflows };
    this.actionService = { ...options.actionService };
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host ?? '127.0.0.1', resolve);
    });
    return this;
  }

  get url(): string {
    const { port } = this.server.address() as { port: number };
    return `http://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Something happens in MISP: the trigger's workflow runs. */
  async fire(trigger: string, data: unknown): Promise<Outcome> {
    const outcome = await runWorkflow(trigger, this.workflows[trigger], data, this.actionService);
    this.outcomes.push(outcome);
    this.log.push(...outcome.log);
    return outcome;
  }

  /** Publishes an event, unless its workflow stops that. */
  async publish(event: Event): Promise<Outcome> {
    const outcome = await this.fire('event-publish', asTriggerData(event));
    if (outcome.blocked) this.log.push('Publishing stopped by a blocking workflow.');
    else event.published = true;
    return outcome;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = (request.url ?? '/').split('?', 1)[0];
    request.resume();
    try {
      const page = await this.page(request.method ?? 'GET', target);
      const { status, body } = page ?? (await this.rest(request, target));
      const isHtml = typeof body === 'string';
      response.writeHead(status, {
        'Content-Type': isHtml ? 'text/html; charset=UTF-8' : 'application/json; charset=UTF-8',
      });
      response.end(isHtml ? body : JSON.stringify(body));
    } catch {
      response.writeHead(500).end();
    }
  }

  /** The web page and what its buttons ask for. They need no key: it is a sandbox on this machine. */
  private async page(method: string, target: string): Promise<Answer | undefined> {
    if (method === 'GET' && target === '/') {
      return { status: 200, body: readFileSync(path.join(__dirname, 'page.html'), 'utf8') };
    }
    if (method === 'GET' && target === '/page/events') return { status: 200, body: this.summaries() };
    const action = /^\/page\/(publish|unpublish)\/(\d+)$/.exec(target);
    const event = action && this.events.get(action[2]);
    if (method !== 'POST' || !action || !event) return undefined;
    if (action[1] === 'publish') return { status: 200, body: await this.publish(event) };
    event.published = false;
    return { status: 200, body: {} };
  }

  private summaries(): object[] {
    return [...this.events.values()].map(({ id, info, Orgc, Tag, Attribute, published }) => ({
      id,
      info,
      org: Orgc.name,
      tags: Tag.map(({ name, colour }) => ({ name, colour })),
      attributes: Attribute.length,
      published,
    }));
  }

  private async rest(request: IncomingMessage, target: string): Promise<Answer> {
    const problem = (status: number, name: string) => ({
      status,
      body: { name, message: name, url: target },
    });
    if (request.headers.authorization !== API_KEY) {
      return problem(
        403,
        'Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.',
      );
    }
    const route = restRoutes[`${request.method} /${target.split('/').slice(1, 3).join('/')}`];
    return (await route?.(target, this)) ?? problem(404, 'Invalid action.');
  }
}

/** Starts a stand-in MISP. */
export function startStandInMisp(options: StandInOptions): Promise<StandInMisp> {
  return new StandInMisp(options).start();
}

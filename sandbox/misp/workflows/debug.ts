import http from 'node:http';
import type { Block } from '../../../src/workflow';
import { encodeJson } from '../service/php';
import { blocksOf } from './graph';
import type { WorkflowRow } from './store';
import type { Walked } from './walk';

export type ExecutedAs = 'success' | 'partial-success' | 'disabled_module' | 'error';

const NOWHERE = { node_id: '', module_id: '', filters: '', parameters: '' };
const LIMIT_MS = 1000;

/**
 * What a workflow in debug mode tells of a run: rows in the log, and posts to `Plugin.Workflow_debug_url`
 * (behaviour/debug-endpoint.json). Whatever comes of a post, the run goes on.
 */
export class DebugEndpoint {
  private posts: Promise<void> = Promise.resolve();

  constructor(
    private readonly row: WorkflowRow,
    private readonly url: string,
    private readonly log: string[],
  ) {}

  async start(blocking: boolean, data: unknown): Promise<void> {
    if (!this.row.debug_enabled) return;
    this.log.push(`Started executing workflow for trigger \`${this.row.trigger_id}\` (${this.row.id})`);
    // What MISP had before it made the core format is not kept here.
    const both = { original: data, normalized: data };
    this.post(`init?type=${blocking ? 'blocking' : 'non-blocking'}`, { source: NOWHERE, data: both });
    await this.posts;
  }

  executed(block: Block, as: ExecutedAs, data: unknown, error?: string): void {
    if (!this.row.debug_enabled) return;
    const { module, id, params, filters = '' } = block;
    if (as === 'success' || as === 'partial-success') {
      const workflow = `Workflow \`${this.row.name}\` (${this.row.id})`;
      this.log.push(
        `Executed node \`${module}\`\nNode \`${module}\` (${id}) from ${workflow} executed successfully with status: ${as}`,
      );
    }
    const source = { node_id: Number(id), module_id: module, filters, parameters: params };
    const errors = error === undefined ? {} : { errors: [error] };
    this.post(`exec/${module}?result=${as}`, { source, data, ...errors });
  }

  async end({ outcome, executed, failed, blockedPaths }: Walked): Promise<void> {
    if (!this.row.debug_enabled) return;
    const { trigger_id, id, data: graph } = this.row;
    this.log.push(`Finished executing workflow for trigger \`${trigger_id}\` (${id}). Outcome: ${outcome}`);
    const drawn = (list: readonly Block[]) =>
      list.map(({ id: node }) => blocksOf(graph).find((block) => String(block.id) === node));
    const data = {
      blocking_nodes: drawn(failed),
      executed_nodes: drawn(executed),
      blocked_paths: blockedPaths,
    };
    this.post(`end?outcome=${outcome}`, { source: NOWHERE, data });
    await this.posts;
  }

  /** One after the other, with the data of that moment. */
  private post(path: string, { source, ...more }: { source: object; data: unknown }): void {
    if (this.url === '') return;
    const timestamp = new Date().toISOString().replace(/\.\d+Z$/, '+00:00');
    const url = `${this.url}/${this.row.trigger_id}/${path}`;
    const body = encodeJson({ source, timestamp, ...more });
    this.posts = this.posts.then(() => post(url, body)).catch(() => undefined);
  }
}

/** As MISP's other HTTP client does. */
function post(url: string, body: string): Promise<void> {
  return new Promise((resolve) => {
    const headers = {
      Connection: 'close',
      'User-Agent': 'CakePHP',
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': Buffer.byteLength(body),
    };
    const request = http.request(url, { method: 'POST', agent: false, timeout: LIMIT_MS, headers });
    request.on('response', (response) => void response.resume());
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve());
    request.on('close', () => resolve());
    request.end(body);
  });
}

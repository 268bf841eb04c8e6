import { isRecord } from '../src/event/values';
import { HttpClient } from '../src/http/client';
import { WorkflowError } from '../src/text';

export interface NodeRedSettings {
  /** The address of its editor. */
  url: URL;
  /** An access token of its login; without one the editor is open. */
  token?: string;
  verify: boolean;
  ca?: string;
}

/** A node as it is deployed. */
export type DeployedNode = Readonly<Record<string, unknown>> & { id: string; type: string };

const MOST_BYTES = 64 * 1024 * 1024;
const ANSWER_MS = 60_000;
const REFUSED: readonly number[] = [400, 401, 403];

/** A running Node-RED, asked as its editor asks it. */
export class NodeRedApi {
  private readonly http: HttpClient;

  constructor(private readonly settings: NodeRedSettings) {
    const { verify, ca } = settings;
    this.http = new HttpClient({ verify, mostBytes: MOST_BYTES, ...(ca ? { tls: { ca } } : {}) });
  }

  close(): void {
    this.http.close();
  }

  /** The nodes that are deployed. */
  async nodes(): Promise<DeployedNode[]> {
    const answer = await this.ask('GET', 'flows');
    if (!Array.isArray(answer.flows)) throw this.strange();
    return answer.flows.filter(isNode);
  }

  /**
   * Asks a route of this package.
   * @throws {WorkflowError} if Node-RED does not let us, does not have it, or says in words what is wrong
   */
  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const { url, token } = this.settings;
    const headers = {
      ...{ accept: 'application/json', 'node-red-api-version': 'v2' },
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    };
    const address = new URL(path, `${url.origin}${url.pathname.replace(/\/*$/, '/')}`);
    const sent = body ? { body: JSON.stringify(body) } : {};
    const { status, text: came } = await this.http.send(
      { method, url: address, headers, ...sent },
      { ms: ANSWER_MS },
    );
    // 400 is what it says to a token that it does not know.
    if (REFUSED.includes(status)) throw new WorkflowError('command.nodeRedLogin');
    const answer = parsed(came);
    if (!isRecord(answer)) throw this.strange(status);
    const { problem } = answer;
    if (typeof problem === 'string') throw new WorkflowError('command.nodeRedSays', { problem });
    if (status !== 200) throw this.strange(status);
    return answer;
  }

  /** What answers is no Node-RED with this package. */
  strange(status = 200): WorkflowError {
    return new WorkflowError('command.nodeRedStrange', { url: this.settings.url.origin, status });
  }
}

function parsed(came: string): unknown {
  try {
    return JSON.parse(came);
  } catch {
    return undefined;
  }
}

const isNode = (node: unknown): node is DeployedNode =>
  isRecord(node) && typeof node.id === 'string' && typeof node.type === 'string';

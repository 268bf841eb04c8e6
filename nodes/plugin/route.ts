import type { NodeAPI } from 'node-red';
import { saidBy, words, WorkflowError } from '../../src/text';
import { sampleFor, type Sample } from '../last-message';
import type { Answer, BodyOf, ParamsOf, Problem, QueryOf, Route } from './api';
import { idsOf } from './body';
import { maySeeData, NotPermitted } from './permission';

/** What was sent: the names are known, the values may be anything. */
type Sent<T> = Partial<Record<keyof T, unknown>>;

/** What the editor asks of a route. */
export interface Asked<R extends Route> {
  params: ParamsOf<R>;
  query: Sent<QueryOf<R>>;
  body: Sent<BodyOf<R>>;
  /** @throws {NotPermitted} if who asks may not see the data of events */
  needsData: () => void;
  /** Whether who asks may see the data of events. */
  seesData: boolean;
  /** The Node-RED user who asks; empty if there are no users. */
  user: string;
  /**
   * The last message of some triggers, or a sample.
   * @throws {NotPermitted} if it is a message of MISP, and who asks may not see it
   */
  sample: (triggers: unknown) => Sample | undefined;
}

export interface RouteOptions {
  permission: 'misp.read' | 'misp.write' | 'misp.run';
  /** A body that a form of another site could send is refused: it starts something where nobody has to log in. */
  json?: true;
  /** Most bytes of a body; Node-RED's own limit is 5 MB. */
  limit?: number;
}

const MOST_BYTES = 1024 * 1024;

interface Response {
  status(code: number): Response;
  json(answer: unknown): void;
  end(): void;
}

interface Request {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body?: unknown;
  headers: Record<string, unknown>;
  user?: { username?: unknown };
}

/**
 * Serves a route of the editor, behind its permission.
 * @param answer undefined for "not found". A WorkflowError that it throws is told in words; so is any other error, as
 *   a fault of ours.
 */
export function serve<R extends Route>(
  RED: NodeAPI,
  route: R,
  { permission, json = undefined, limit = MOST_BYTES }: RouteOptions,
  answer: (asked: Asked<R>) => Answer<R> | undefined | Promise<Answer<R> | undefined>,
): void {
  const [method, path] = route.split(' ');
  const handle = async (request: Request, response: Response): Promise<void> => {
    try {
      if (isTooLong(request, limit)) return response.status(413).end();
      if (json && !isJson(request)) return response.status(415).end();
      const found = await answer(askedOf(RED, request));
      if (found === undefined) response.status(404).end();
      else response.json(found);
    } catch (error) {
      response.status(statusOf(error)).json({ problem: words(saidBy(error)) } satisfies Problem);
    }
  };
  const register = { GET: 'get', POST: 'post', DELETE: 'delete' }[method] as 'get' | 'post' | 'delete';
  RED.httpAdmin[register](
    `/misp-workflows${path}`,
    RED.auth.needsPermission(permission),
    (request, response) => void handle(request, response),
  );
}

function askedOf<R extends Route>(RED: NodeAPI, request: Request): Asked<R> {
  const { body, params, query } = request;
  const needsData = () => {
    if (!maySeeData(request)) throw new NotPermitted();
  };
  return {
    params: params as ParamsOf<R>,
    query: query as Sent<QueryOf<R>>,
    body: recordOf(body) as Sent<BodyOf<R>>,
    needsData,
    seesData: maySeeData(request),
    user: typeof request.user?.username === 'string' ? request.user.username : '',
    sample(triggers) {
      const sample = sampleFor(RED, idsOf(triggers));
      if (sample?.kind === 'received') needsData();
      return sample;
    },
  };
}

/** What was sent, if it is an object. */
export function recordOf(sent: unknown): Record<string, unknown> {
  return typeof sent === 'object' && sent !== null && !Array.isArray(sent)
    ? (sent as Record<string, unknown>)
    : {};
}

/** A body whose length is not told is taken for too long. */
function isTooLong({ headers }: Request, limit: number): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  return Number(headers['content-length'] ?? 0) > limit;
}

const isJson = ({ headers }: Request) => /^application\/json\b/i.test(String(headers['content-type']));

function statusOf(error: unknown): number {
  if (error instanceof NotPermitted) return 403;
  return error instanceof WorkflowError ? 200 : 500;
}

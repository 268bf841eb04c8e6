import type { IncomingMessage, ServerResponse } from 'node:http';
import { text, type Text } from '../../text';
import { failed } from '../kinds/drawn';
import type { FrontModule, HandOn } from '../kinds/front';
import type { UpstreamSettings } from '../upstream-settings';
import { changedQuery, withAnswer } from './handed-on';
import type { Query } from './query';
import { sendJson } from './send';
import { callUpstream, fetchFrom, headersOn, type UpstreamAnswer } from './upstream-call';
import { UpstreamList } from './upstream-list';

/** MISP waits 10 s by default, and misp-modules itself 300. */
const LONGEST_MS = 300_000;
const MOST_ANSWER = 50 * 1024 * 1024;
/** Requests that are on their way there at a time, and the bytes of their bodies. */
const MOST_PASSING = 200;
const MOST_BYTES = 64 * 1024 * 1024;

/** The misp-modules behind a listener: requests for its modules go on to it, byte for byte. */
export class Upstream {
  readonly list: UpstreamList;
  private passing = 0;
  private bytes = 0;

  constructor(
    private readonly settings: UpstreamSettings,
    changed: (text: string) => void,
  ) {
    this.list = new UpstreamList(settings, changed);
  }

  close(): void {
    this.list.close();
  }

  /** Hands a request on, and its answer back, whatever it is; ends it when the caller hangs up. */
  pass(response: ServerResponse, body?: Uint8Array): void {
    const size = body?.length ?? 0;
    if (this.passing >= MOST_PASSING || this.bytes + size > MOST_BYTES)
      return this.fail(response, text('service.overload'));
    this.passing++;
    this.bytes += size;
    const request = callUpstream(this.settings, { ...askedOf(response.req), body });
    const timer = setTimeout(() => request.destroy(new Error('slow')), LONGEST_MS);
    request.on('response', (answer) => {
      if (response.destroyed) return answer.destroy();
      response.writeHead(answer.statusCode ?? 502, headersOn(answer.headers));
      answer.on('error', () => response.destroy());
      answer.on('aborted', () => response.destroy());
      answer.pipe(response);
    });
    request.on('error', () => {
      if (response.headersSent) response.destroy();
      else this.fail(response, text('service.upstreamAway'));
    });
    request.on('close', () => {
      clearTimeout(timer);
      this.passing--;
      this.bytes -= size;
    });
    response.on('close', () => {
      if (!response.writableFinished) request.destroy();
    });
  }

  /** Lets a flow have the query first: what it hands on goes to the module. */
  before(query: Query): void {
    const body = Buffer.from(query.body.content);
    query.onHandOn = (response, changes) => this.pass(response, changedQuery(body, changes));
  }

  /**
   * Asks the module first: a flow gets its answer.
   * @param ready the answer is there, and is the query's body now
   * @param over it was answered without the flow, which could read nothing of it
   */
  after(query: Query, { name }: FrontModule, ready: () => void, over: () => void): void {
    const asked = Buffer.from(query.body.content);
    const response = query.response;
    const hungUp = new AbortController();
    response.on('close', () => hungUp.abort());
    const limits = { ms: LONGEST_MS, most: MOST_ANSWER, signal: hungUp.signal };
    fetchFrom(this.settings, { ...askedOf(response.req), body: asked }, limits).then(
      (answer) => {
        const body = withAnswer(name, asked, answer.body);
        query.onHandOn = (to, changes) => sendAnswer(to, answer, changes);
        if (query.answered) return;
        // An error of the service holds no data.
        if (!body) {
          query.answer({ body: '', blocks: false, handOn: {} });
          return over();
        }
        query.body.discard();
        query.body.append(body);
        ready();
      },
      () => {
        query.answer(failed(text('service.upstreamAway')));
        over();
      },
    );
  }

  private fail(response: ServerResponse, problem: Text): void {
    if (!response.destroyed) sendJson(response, 200, failed(problem).body);
  }
}

const askedOf = ({ method = 'GET', url = '/', headers }: IncomingMessage) => ({ method, path: url, headers });

/** The answer as it came, or as the flow changed it. */
function sendAnswer(
  response: ServerResponse,
  { status, headers, body }: UpstreamAnswer,
  { answer }: HandOn,
): void {
  if (answer !== undefined) return sendJson(response, 200, JSON.stringify(answer));
  response.writeHead(status, { ...headersOn(headers), 'Content-Length': body.length });
  response.end(body);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { text, type Text } from '../../text';
import { failed } from '../kinds/drawn';
import type { FrontModule, HandOn } from '../kinds/front';
import type { UpstreamSettings } from '../upstream-settings';
import { changedQuery, withAnswer } from './handed-on';
import type { Query } from './query';
import { sendJson } from './send';
import { headersOn, UpstreamCalls, type UpstreamAnswer } from './upstream-call';
import { UpstreamList } from './upstream-list';

const MOST_ANSWER = 50 * 1024 * 1024;
/** Requests that are on their way there at a time, and the bytes of their bodies. */
const MOST_PASSING = 200;
const MOST_BYTES = 64 * 1024 * 1024;

/** The misp-modules behind a listener: requests for its modules go on to it, byte for byte. */
export class Upstream {
  readonly list: UpstreamList;
  private readonly calls: UpstreamCalls;
  private passing = 0;
  private bytes = 0;

  /**
   * @param longestMs so long its modules may take: those who ask wait less
   * @param changed told when its list is another one
   * @throws {WorkflowError} if it cannot be reached in the way that is set up
   */
  constructor(
    settings: UpstreamSettings,
    readonly longestMs: number,
    changed: (text: string) => void,
  ) {
    this.calls = new UpstreamCalls(settings);
    this.list = new UpstreamList(this.calls, settings.list, changed);
  }

  close(): void {
    this.list.close();
    this.calls.close();
  }

  /** Hands a request on, and its answer back, whatever it is; ends it when the caller hangs up. */
  pass(response: ServerResponse, body?: Uint8Array): void {
    const size = body?.length ?? 0;
    if (this.passing >= MOST_PASSING || this.bytes + size > MOST_BYTES)
      return this.fail(response, text('service.overload'));
    this.passing++;
    this.bytes += size;
    void this.handOn(response, body).finally(() => {
      this.passing--;
      this.bytes -= size;
    });
  }

  private async handOn(response: ServerResponse, body: Uint8Array | undefined): Promise<void> {
    const limits = { ms: this.longestMs, signal: hangUpOf(response) };
    try {
      const answer = await this.calls.send({ ...askedOf(response.req), body }, limits);
      if (response.destroyed) return void answer.body.destroy();
      response.writeHead(answer.status, headersOn(answer.headers));
      await pipeline(answer.body, response);
    } catch {
      if (response.headersSent) response.destroy();
      else this.fail(response, text('service.upstreamAway'));
    }
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
    this.answerTo(query.response, asked).then(
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

  /** @throws if there is none, or it is packed: that could not be read here, and would go on without the flow */
  private async answerTo(response: ServerResponse, body: Buffer): Promise<UpstreamAnswer> {
    const { headers, ...asked } = askedOf(response.req);
    delete headers['accept-encoding'];
    const limits = { ms: this.longestMs, most: MOST_ANSWER, signal: hangUpOf(response) };
    const answer = await this.calls.fetch({ ...asked, headers, body }, limits);
    const { 'content-encoding': encoding = 'identity' } = answer.headers;
    if (encoding !== 'identity') throw new Error(encoding);
    return answer;
  }

  private fail(response: ServerResponse, problem: Text): void {
    if (!response.destroyed) sendJson(response, 200, failed(problem).body);
  }
}

const askedOf = ({ method = 'GET', url = '/', headers }: IncomingMessage) => ({
  ...{ method, path: url, headers: { ...headers } },
});

/** Comes when the caller hangs up before it has the whole answer. */
function hangUpOf(response: ServerResponse): AbortSignal {
  const hungUp = new AbortController();
  response.on('close', () => {
    if (!response.writableFinished) hungUp.abort();
  });
  return hungUp.signal;
}

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

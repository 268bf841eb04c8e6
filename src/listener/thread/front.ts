import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access } from '../credentials';
import { DEBUG_PATH } from '../../runs/misp-debug';
import { text } from '../../text';
import { version } from '../../../package.json';
import { credentialCheck, decoded, type Caller, type Check } from './callers';
import { Refusals } from './refusals';
import { refuse, sendJson } from './send';

/** What is behind the front. */
export interface Behind {
  /** The answer to `GET /modules`, and what changes with it. */
  modules(): { text: string; etag: string };
  /** Whether there is a misp-modules behind the listener. */
  hasOthers(): boolean;
  /** Takes what a monitor asks; MISP's credentials are not needed for it. */
  monitor(path: string, request: IncomingMessage, response: ServerResponse): boolean;
  /** Takes what MISP's debug mode posts. */
  debug(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): boolean;
  /** Takes what is for no route of ours, if there is a misp-modules behind the listener. */
  elsewhere(request: IncomingMessage, response: ServerResponse): boolean;
  /** `POST /query` of a caller who was let in. */
  query(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean, caller: string): void;
}

/** Where requests come in: who calls, and what for. With valid credentials a query never ends here. */
export class Front {
  readonly refusals = new Refusals();
  private check: Check;

  constructor(
    access: Access,
    private readonly behind: Behind,
  ) {
    this.check = credentialCheck(access);
  }

  configure(access: Access): void {
    this.check = credentialCheck(access);
  }

  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/healthcheck' && !this.isForOthers(request))
      return sendJson(response, 200, { status: true });
    if (this.behind.monitor(path, request, response)) return;
    const address = request.socket.remoteAddress ?? '';
    const admit = (caller: Caller) => {
      if (caller.ok) {
        this.refusals.cameIn(address);
        return this.serve(path, request, response, expectsContinue, caller.name);
      }
      this.refusals.refused(address);
      refuse(response, 401, text('service.unauthorized'), { 'WWW-Authenticate': 'Basic realm="misp"' });
    };
    const { authorization } = request.headers;
    const isDebug = path.startsWith(DEBUG_PATH);
    const caller = this.check(isDebug ? decoded(authorization) : authorization, address);
    if (caller instanceof Promise) void caller.then(admit);
    else admit(caller);
  }

  /** Probes do not log in: who does, and asks in another way, asks the misp-modules behind the listener. */
  private isForOthers({ method, headers }: IncomingMessage): boolean {
    return method !== 'GET' && headers.authorization !== undefined && this.behind.hasOthers();
  }

  private serve(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    expectsContinue: boolean,
    caller: string,
  ): void {
    if (path.startsWith(DEBUG_PATH) && this.behind.debug(request, response, expectsContinue)) return;
    const method = path === '/query' ? 'POST' : 'GET';
    const isOurs = ['/modules', '/query'].includes(path) && request.method === method;
    if (!isOurs && this.behind.elsewhere(request, response)) return;
    if (!['/modules', '/query', '/version'].includes(path))
      return refuse(response, 404, text('service.notFound'));
    if (request.method !== method) {
      return refuse(response, 405, text('service.methodNotAllowed', { method }), { Allow: method });
    }
    if (path === '/modules') this.sendModules(request, response);
    else if (path === '/version') sendJson(response, 200, { version });
    else this.behind.query(request, response, expectsContinue, caller);
  }

  private sendModules({ headers }: IncomingMessage, response: ServerResponse): void {
    const { text, etag } = this.behind.modules();
    if (headers['if-none-match'] !== etag) return sendJson(response, 200, text, undefined, { ETag: etag });
    response.writeHead(304, { ETag: etag });
    response.end();
  }
}

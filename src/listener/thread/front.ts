import type { IncomingMessage, ServerResponse } from 'node:http';
import { credentialsOf, type Access } from '../credentials';
import { DEBUG_PATH } from '../../runs/misp-debug';
import { text } from '../../text';
import { version } from '../../../package.json';
import { credentialCheck, decoded, userIn, type Caller, type Check } from './callers';
import { Refusals } from './refusals';
import { refuse, sendJson } from './send';

/** What is behind the front. */
export interface Behind {
  /** The answer to `GET /modules`, and what changes with it. */
  modules(): { text: string; etag: string };
  /** Runs work when the list is complete, or cannot be waited for any longer. */
  whenListed(work: () => void): void;
  /** Whether there is a misp-modules behind the listener. */
  hasOthers(): boolean;
  /** Takes what a monitor asks; MISP's credentials are not needed for it. */
  monitor(path: string, request: IncomingMessage, response: ServerResponse): boolean;
  /** Takes what asks for a list, which has credentials of its own. */
  list(path: string, request: IncomingMessage, response: ServerResponse): boolean;
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
  private users: readonly string[];

  constructor(
    access: Access,
    private readonly behind: Behind,
  ) {
    this.check = credentialCheck(access);
    this.users = usersOf(access);
  }

  configure(access: Access): void {
    this.check = credentialCheck(access);
    this.users = usersOf(access);
    this.refusals.keepOnly(this.users);
  }

  handle(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const path = (request.url ?? '').split('?', 1)[0];
    if (path === '/healthcheck' && !this.isForOthers(request))
      return sendJson(response, 200, { status: true });
    if (this.behind.monitor(path, request, response)) return;
    if (this.behind.list(path, request, response)) return;
    const address = request.socket.remoteAddress ?? '';
    const admit = (caller: Caller) => {
      if (caller.ok) {
        this.refusals.cameIn(address, caller.name);
        return this.serve(path, request, response, expectsContinue, caller.name);
      }
      this.refusals.refused(address, this.knownUser(request));
      refuse(response, 401, text('service.unauthorized'), { 'WWW-Authenticate': 'Basic realm="misp"' });
    };
    const { authorization } = request.headers;
    const isDebug = path.startsWith(DEBUG_PATH);
    const caller = this.check(isDebug ? decoded(authorization) : authorization, address);
    if (caller instanceof Promise) void caller.then(admit);
    else admit(caller);
  }

  /** The user that a refused caller has named, if it is one who may come in. */
  private knownUser({ headers }: IncomingMessage): string | undefined {
    const user = userIn(headers.authorization);
    return user !== undefined && this.users.includes(user) ? user : undefined;
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
    if (path === '/modules') this.behind.whenListed(() => this.sendModules(request, response));
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

const usersOf = (access: Access) => credentialsOf(access).map(({ user }) => user);

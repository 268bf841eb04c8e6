import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { notFound, problem, type RestAnswer } from './rest/answers';
import { ActionService } from './service/action-service';
import type { StandIn } from './stand-in';
import { API_KEY } from './users';
import type { Outcome } from './workflows/outcome';
import type { Workflow } from './workflows/short-form';
import { inWords } from './words';

/** A request of the page. */
interface PageRequest {
  method: string;
  pathname: string;
  text: string;
}

/**
 * The web page, and what it asks for beyond MISP's REST API. As in MISP, the browser needs no API key: the page
 * comes with a session cookie, which other sites cannot use.
 */
export class Page {
  private readonly session = randomBytes(18).toString('base64url');

  /** Cookies know no port, so the name does: several stand-ins may run on one machine. */
  constructor(private readonly port: () => number) {}

  /** Whether the request comes from the page. */
  isIn({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    return cookies.includes(`${this.cookieName()}=${this.session}`);
  }

  html(): RestAnswer {
    return {
      status: 200,
      body: readFileSync(path.join(__dirname, 'page.html'), 'utf8'),
      headers: {
        'Content-Type': 'text/html; charset=UTF-8',
        'Cache-Control': 'no-store',
        'Content-Security-Policy': POLICY,
        'Set-Cookie': `${this.cookieName()}=${this.session}; Path=/; HttpOnly; SameSite=Strict`,
        'X-Content-Type-Options': 'nosniff',
      },
    };
  }

  /** What begins with `/sandbox/` is for the page, and not MISP's. */
  async answer(misp: StandIn, { method, pathname, text }: PageRequest): Promise<RestAnswer | undefined> {
    const [, root, name, id] = pathname.split('/');
    if (root !== 'sandbox') return undefined;
    if (name === 'state') return { status: 200, body: await stateOf(misp) };
    if (name === 'module' && method === 'POST') return choose(misp, text);
    if (name !== 'outcomes') return notFound('Not Found', pathname);
    if (id === undefined) return { status: 200, body: misp.outcomes.slice(-20).map(described) };
    const outcome = misp.outcomes.find((entry) => String(entry.id) === id);
    return outcome ? { status: 200, body: described(outcome) } : notFound('Invalid outcome', pathname);
  }

  private cookieName(): string {
    return `sandbox_${this.port()}`;
  }
}

/** The page loads nothing, and talks to nobody but the stand-in. */
const POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const described = (outcome: Outcome) => ({ ...outcome, words: inWords(outcome) });

/** Whom MISP asks before it publishes, and whom it could ask; the credentials in the URL stay here. */
async function stateOf({ actionService, workflows }: StandIn): Promise<object> {
  const workflow: Workflow | undefined = workflows['event-publish'];
  const isOn = workflow !== undefined && workflow.enabled !== false;
  const { list, failure } = await new ActionService(actionService).modules();
  return {
    module: isOn ? workflow.module : null,
    modules: list.map(({ name, description }) => ({ name, description })),
    failure,
    service: `${actionService.url.replace(/^(\w+:\/\/)[^/]*@/, '$1')}:${actionService.port}`,
    key: API_KEY,
  };
}

/** Puts another module behind the trigger, or switches the workflow off. MISP's user could draw no other name. */
function choose(misp: StandIn, text: string): RestAnswer {
  const module = moduleIn(text);
  if (module === undefined) return problem(400, 'No module was named.', '/sandbox/module');
  const workflow: Workflow | undefined = misp.workflows['event-publish'];
  if (module === null && workflow) workflow.enabled = false;
  else if (module !== null && workflow?.module) Object.assign(workflow, { module, enabled: true });
  else if (module !== null) misp.workflows['event-publish'] = { module };
  return { status: 200, body: { module } };
}

/** The name that was sent; null for none. */
function moduleIn(text: string): string | null | undefined {
  try {
    const { module } = (JSON.parse(text) ?? {}) as { module?: unknown };
    return module === null || (typeof module === 'string' && module !== '') ? module : undefined;
  } catch {
    return undefined;
  }
}

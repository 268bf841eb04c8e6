import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { notFound, type RestAnswer } from './rest/answers';
import type { StandIn } from './stand-in';
import type { Outcome, Workflow } from './workflows';
import { inWords } from './words';

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

  /** `/sandbox/state`, `/sandbox/outcomes` and `/sandbox/outcomes/ID`: for the page, not MISP's. */
  answer(misp: StandIn, pathname: string): RestAnswer | undefined {
    const [, root, name, id] = pathname.split('/');
    if (root !== 'sandbox') return undefined;
    if (name === 'state') return { status: 200, body: stateOf(misp) };
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

/** Whom MISP asks before it publishes; the credentials in the URL stay here. */
function stateOf({ actionService, workflows }: StandIn): object {
  const workflow: Workflow | undefined = workflows['event-publish'];
  const isOn = workflow !== undefined && workflow.enabled !== false;
  const host = actionService.url.replace(/^(\w+:\/\/)[^/]*@/, '$1');
  return { module: isOn ? workflow.module : null, service: `${host}:${actionService.port}` };
}

import type { StandIn } from '../stand-in';
import { deny, problem, type RestAnswer } from './answers';
import { NO_PERMISSION } from './permissions';
import type { Action, Resource, RestRequest } from './router';

export type Answer = (request: RestRequest, misp: StandIn) => RestAnswer | Promise<RestAnswer>;

export const BROKEN = 'An Internal Error Has Occurred.';
const HTML = { 'Content-Type': 'text/html; charset=UTF-8' };

/**
 * Actions of MISP's pages of workflows: for site admins alone, and for nobody where MISP lacks what they need. Then
 * there is a page that says so, whatever was asked for.
 */
export function pages(resource: Record<string, Action>): Resource {
  return Object.fromEntries(
    Object.entries(resource).map(([name, action]) => [
      name,
      { ...action, run: guarded((request, misp) => action.run(request, misp)) },
    ]),
  );
}

function guarded(answer: Answer): Answer {
  return (request, misp) => {
    if (!request.user.Role.perm_site_admin) return deny(NO_PERMISSION, request.url);
    const lacks = lacking(misp);
    if (lacks !== undefined) return { status: 500, body: page(lacks), headers: HTML };
    if (!misp.countryGalaxy) return problem(500, BROKEN, request.url);
    return answer(request, misp);
  };
}

function lacking({ settings }: StandIn): string | undefined {
  if (!settings.isOn('Plugin.Workflow_enable'))
    return 'The workflow plugin must be enabled to use workflows.';
  if (!settings.isOn('MISP.background_jobs')) return 'Background workers must be enabled to use workflows';
  return undefined;
}

const page = (words: string) =>
  `<div class="actions sideMenu"></div><div class="index"><h2>Workflows</h2><p>${words}</p></div>`;

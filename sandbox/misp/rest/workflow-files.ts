import type { StandIn } from '../stand-in';
import { deny, notFound, type RestAnswer } from './answers';
import { NO_PERMISSION } from './permissions';
import type { Action, Resource, RestRequest } from './router';

type Stored = Record<string, unknown> & { id: string };

/** `index` and `view` of what a MISP has under a name; for site admins alone. */
export function stored(model: string, listOf: (misp: StandIn) => Stored[]): Record<'index' | 'view', Action> {
  const guard =
    (answer: (request: RestRequest, misp: StandIn) => RestAnswer): Action['run'] =>
    (request, misp) =>
      request.user.Role.perm_site_admin ? answer(request, misp) : deny(NO_PERMISSION, request.url);
  return {
    index: {
      run: guard((_, misp) => ({ status: 200, body: listOf(misp).map((row) => ({ [model]: row })) })),
    },
    view: {
      run: guard(({ args: [id], url }, misp) => {
        const row = listOf(misp).find((one) => one.id === id || one.uuid === id);
        return row ? { status: 200, body: { [model]: row } } : notFound(`Invalid ${model}.`, url);
      }),
    },
  };
}

/** `workflowBlueprints/...` (recordings: test/fixtures/workflows). */
export const workflowBlueprints: Resource = {
  ...stored('WorkflowBlueprint', (misp) => misp.collections.blueprints),
  add: {
    post: true,
    run: ({ body, user, url }, misp) => {
      if (!user.Role.perm_site_admin) return deny(NO_PERMISSION, url);
      const { WorkflowBlueprint: given = {} } = body as { WorkflowBlueprint?: object };
      const row = { ...given, id: misp.collections.nextId(), default: false } as Stored;
      misp.collections.blueprints.push(row);
      return { status: 200, body: { WorkflowBlueprint: row } };
    },
  },
};

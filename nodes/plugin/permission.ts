import { WorkflowError } from '../../src/text';

/**
 * Who may see the data of events. Node-RED's `read` stands for all that ends in `.read`, which `misp.data` does not;
 * it is to stand for this too, as who may read everything always could.
 */
const SEES_DATA = new Set<unknown>(['*', 'read', '*.read', 'misp.data']);

/** Who asks may read, but not the data of events. */
export class NotPermitted extends WorkflowError {
  constructor() {
    super('editor.needsData');
  }
}

/** Whether a request that Node-RED's `needsPermission` let through may also see the data of events. */
export function maySeeData(request: object): boolean {
  const { authInfo } = request as { authInfo?: { scope?: unknown } };
  // Node-RED without users asks nobody who they are.
  if (authInfo === undefined) return true;
  return [authInfo.scope].flat(Infinity).some((permission) => SEES_DATA.has(permission));
}

import type { NodeAPI } from 'node-red';

/** Why the flows do not run. `ending`: nobody knows, most likely Node-RED ends. */
export interface Halt {
  reason: 'stopped' | 'missingTypes' | 'missingModules' | 'safeMode' | 'notLoaded' | 'ending';
  /** What is missing. */
  missing?: string[];
}

/** What Node-RED tells its editor of the flows. */
export interface RuntimeEvent {
  id: string;
  payload?: {
    state?: string;
    error?: string;
    /** Flows that are stopped by a deploy are started again by it. */
    deploy?: boolean;
    types?: string[];
    modules?: { module: string }[];
  };
}

/** What such an event says about flows that do not run; undefined if they do, or are about to. */
export function haltOf({ id, payload }: RuntimeEvent, RED: NodeAPI): Halt | undefined {
  if (id !== 'runtime-state' || !payload) return undefined;
  const { state, error, deploy, types = [], modules = [] } = payload;
  if (error === 'missing-types') return { reason: 'missingTypes', missing: types };
  if (error === 'missing-modules') {
    return { reason: 'missingModules', missing: modules.map(({ module }) => module) };
  }
  if (state === 'safe') return { reason: 'safeMode' };
  if (state === 'stop')
    return isStoppedByHand(RED) ? { reason: 'stopped' } : deploy ? undefined : { reason: 'ending' };
  // Flows without their credentials are started all the same, unless they belong to a project.
  return error ? { reason: 'notLoaded' } : undefined;
}

function isStoppedByHand(RED: NodeAPI): boolean {
  const { get } = RED.settings as { get?: (key: string) => unknown };
  try {
    return get?.('runtimeFlowState') === 'stop';
  } catch {
    return false; // settings that cannot be read yet
  }
}

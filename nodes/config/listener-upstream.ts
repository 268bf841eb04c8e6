import { readFileSync, rmSync } from 'node:fs';
import type { NodeAPI } from 'node-red';
import { saveFile } from '../../src/saved-file';
import type { UpstreamSettings } from '../../src/listener/upstream-settings';
import { configNode } from '../config-node';
import type { ModulesNode } from './misp-modules';

/** Where the list of the misp-modules behind a listener is kept: it holds names and descriptions, no secrets. */
export function upstreamList(file: string | undefined) {
  const read = (): string | undefined => {
    try {
      return file && readFileSync(file, 'utf8');
    } catch {
      return undefined;
    }
  };
  return {
    read,
    keep(list: string): void {
      try {
        if (file && read() !== list) saveFile(file, list);
      } catch {
        // It is asked for again after a restart.
      }
    },
    /** @returns the names of the modules that were there */
    forget(): string[] {
      const names = namesIn(read());
      try {
        if (file) rmSync(file, { force: true });
      } catch {
        // A folder that cannot be written to: the listener says so, and works.
      }
      return names;
    },
  };
}

/** The names of the modules in a list. */
export function namesIn(list: string | undefined): string[] {
  try {
    const modules = JSON.parse(list ?? '[]') as { name?: unknown }[];
    return modules.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  } catch {
    return [];
  }
}

/**
 * The misp-modules behind a listener, if one is chosen.
 * @throws {WorkflowError} if it could not be set up
 */
export function upstreamOf(
  { RED, config }: { RED: NodeAPI; config: { upstream: string } },
  list: string | undefined,
): UpstreamSettings | undefined {
  if (!config.upstream) return undefined;
  // Without a service its settings cannot be used.
  const node = configNode<ModulesNode, 'service'>(RED, config.upstream, 'service', 'listener.noUpstream');
  const { url, user, password, verify, tls, proxy } = node.connection;
  return { url, user, password, verify, tls, proxy, list };
}

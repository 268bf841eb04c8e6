import path from 'node:path';
import type { NodeAPI } from 'node-red';

/** The folder in which this package keeps what must outlive the process, if Node-RED has a user folder. */
export function folderOf(RED: NodeAPI): string | undefined {
  const { userDir } = RED.settings as { userDir?: string };
  return userDir && path.join(userDir, 'misp-workflows');
}

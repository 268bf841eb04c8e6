import { readFileSync } from 'node:fs';
import path from 'node:path';
import { API_KEY } from './misp/users';

/** A node as a flow file has it. */
export interface DemoNode {
  id: string;
  type: string;
  port?: string;
  url?: string;
  [setting: string]: unknown;
}

/** The examples that the demo begins with; all examples share one listener and one MISP. */
const EXAMPLES = ['Block the publication of tlp-red', 'Second look - an attribute that is tagged tlp-red'];
const LISTENER = 'd0000000000000a1';
const SERVER = 'd0000000000000b1';

const folder = path.resolve(__dirname, '../examples');
const example = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as DemoNode[];

/**
 * The first flows of the demo: the examples, with one listener and the stand-in MISP. The listener's port and login are
 * filled in by Node-RED from the environment at every start.
 */
export function demoFlow(): { flow: DemoNode[]; credentials: Record<string, object> } {
  const all = new Map(EXAMPLES.flatMap(example).map((node) => [node.id, node]));
  const flow = [...all.values()]
    .map((node) => (node.id === LISTENER ? { ...node, port: '${LISTENER_PORT}' } : node))
    .map((node) => (node.id === SERVER ? { ...node, url: '' } : node))
    .map(nothingToFillIn);
  return {
    flow,
    credentials: {
      [LISTENER]: { user: '${LISTENER_USER}', password: '${LISTENER_PASSWORD}' },
      [SERVER]: { apiKey: API_KEY },
    },
  };
}

/** What an example says is to be filled in is filled in here. */
function nothingToFillIn(node: DemoNode): DemoNode {
  if (node.type !== 'comment') return node;
  return { ...node, name: String(node.name).replace(/^Fill in [^.]*\. /, '') };
}

/**
 * Leads the demo's _our MISP_ to where this start has the stand-in. The address stands there as it is, since a form
 * tests no address from the environment; one that the user has put there stays.
 */
export function connected(flow: readonly DemoNode[], standIn: string): DemoNode[] {
  const isOfDemo = ({ id, url = '' }: DemoNode) =>
    id === SERVER && (url === '' || /^http:\/\/127\.0\.0\.1:\d+$/.test(url));
  return flow.map((node) => (isOfDemo(node) ? { ...node, url: standIn } : node));
}

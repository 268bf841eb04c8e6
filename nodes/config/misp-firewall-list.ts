import path from 'node:path';
import type { Node } from 'node-red';
import { FORMATS } from '../../src/block-list/format';
import { KeptList, type ListSettings } from '../../src/block-list/kept-list';
import type { Credentials } from '../../src/listener/credentials';
import { labelOf } from '../../src/runs/reception';
import { words, WorkflowError, type Said } from '../../src/text';
import { defineNode, type NodeContext } from '../adaptor';
import { configNode } from '../config-node';
import type { Fields } from '../definition';
import { folderOf } from '../folder';
import { runtimeOf } from '../runtime';
import type { ListenerNode } from './misp-listener';

/** What other nodes use of a list. */
export interface FirewallListNode extends Node {
  list: KeptList;
}

const NAME = '^[a-z0-9][a-z0-9_-]{0,63}$';
const SERVED = { serve: true };
const WITH_SUBDOMAINS = { format: ['regex', 'rpz', 'suricata'] };
const HOUR_MS = 3_600_000;

const FIELDS = {
  list: { kind: 'text', default: '', required: true, pattern: NAME, message: 'list' },
  format: { kind: 'select', default: 'plain', options: FORMATS, describe: true },
  holds: { kind: 'select', default: 'all', options: ['all', 'addresses', 'names', 'urls'] },
  subdomains: { kind: 'checkbox', default: false, when: WITH_SUBDOMAINS },
  serve: { kind: 'checkbox', default: true },
  listener: { kind: 'config', type: 'misp-listener', required: true, when: SERVED },
  user: { kind: 'secret', secret: 'text', required: true, when: SERVED },
  password: { kind: 'secret', secret: 'password', required: true, when: SERVED },
  copy: { kind: 'text', default: '' },
  never: { kind: 'list', default: [] },
  days: { kind: 'number', default: 0, min: 0, max: 36500 },
  shrink: { kind: 'number', default: 20, min: 0, max: 100, unit: 'percent' },
  mayBeEmpty: { kind: 'checkbox', default: false },
  most: { kind: 'number', default: 500_000, min: 1, max: 5_000_000, advanced: true },
  snapshots: { kind: 'number', default: 24, min: 0, max: 1000, advanced: true },
} as const satisfies Fields;

type Context = NodeContext<typeof FIELDS>;

/** Who keeps which list: in each folder a name is there once. */
const keepers = new Map<string, Node>();

export default defineNode(
  {
    type: 'misp-firewall-list',
    family: 'config',
    modules: [],
    version: 1,
    inputs: 0,
    outputs: [],
    fields: FIELDS,
  },
  (context, self) => {
    const node = self as FirewallListNode;
    const settings = settingsOf(context);
    const served = servedBy(context);
    const place = path.join(settings.folder ?? '', settings.name);
    const keeper = keepers.get(place);
    if (keeper && keeper !== node) throw new WorkflowError('blockList.taken', { name: settings.name });
    const list = new KeptList(settings);
    keepers.set(place, node);
    node.list = list;

    const publish = () =>
      served?.service.serveList(
        list.name,
        { access: served.access, bytes: list.content?.bytes, etag: list.content?.etag ?? '' },
        node,
      );
    publish();
    list.on('content', publish);
    list.on('trouble', (reason) => tell(context, reason));
    const expire = () => {
      // What failed was told as the trouble of the list.
      list.expire().catch(() => undefined);
    };
    expire();
    const timer = setInterval(expire, HOUR_MS).unref();

    return {
      async close() {
        clearInterval(timer);
        await list.close();
        keepers.delete(place);
        served?.service.leaveList(list.name, node);
      },
    };
  },
);

/** @throws {WorkflowError} if the list has no name, or one that is no file's */
function settingsOf({ RED, config }: Context): ListSettings {
  const { format, holds, subdomains, never } = config;
  const name = config.list.trim();
  if (!new RegExp(NAME).test(name)) throw new WorkflowError('blockList.name');
  const folder = folderOf(RED);
  const copy = config.copy.trim();
  const lists = folder && path.join(folder, 'lists');
  return {
    ...{ name, format, holds, subdomains, never, days: Number(config.days) },
    guard: {
      shrinkPercent: Number(config.shrink),
      mayBeEmpty: config.mayBeEmpty,
      most: Number(config.most),
    },
    snapshots: Number(config.snapshots),
    ...(lists ? { folder: lists } : {}),
    ...(copy ? { copy: path.resolve(lists ?? '', copy) } : {}),
  };
}

/** @throws {WorkflowError} if it is to be served, and the listener or the login is missing */
function servedBy({ RED, config, secrets }: Context) {
  if (!config.serve) return undefined;
  const { service } = configNode<ListenerNode, 'service'>(
    RED,
    config.listener,
    'service',
    'blockList.noListener',
  );
  const { user = '', password = '' } = secrets;
  if (!user || !password) throw new WorkflowError('blockList.noCredentials');
  const access: Credentials = { user, password };
  return { service, access };
}

/** Says what is wrong in the log, and to who is told of such things. */
function tell({ RED, node }: Context, reason: Said): void {
  node.warn(words(reason));
  const place = { id: node.id, type: node.type, label: labelOf(node) };
  runtimeOf(RED).lists.emit('trouble', { cause: 'list', at: Date.now(), reason, of: node.id, node: place });
}

import type { Failure, Operation, OperationResult, Ref, SecretText } from '../actions/plan';

/** Who did something. */
export interface Actor {
  /** The flow's tab: id and name. */
  flow: string;
  flowName: string;
  node: string;
  nodeType: string;
  nodeName: string;
  /** Its run, if it was one of a trigger. */
  run: string;
}

/** One line of the audit: who did what to what, and what came of it. It names its target, and holds none of its data. */
export interface AuditEntry extends Actor {
  /** ISO 8601. */
  at: string;
  /** The MISP, or who else got it: an address without paths, logins and keys. */
  system: string;
  what: string;
  /** Ids, uuids or addresses; the first of them. */
  target: string[];
  /** Of how many things, or addresses. */
  count: number;
  result: string;
  /** Things of which it failed. */
  failed: number;
  /** The key of the text that says why. */
  problem: string;
}

/** The fields in their order. */
export const AUDIT_FIELDS = [
  ...(['at', 'flow', 'flowName', 'node', 'nodeType', 'nodeName', 'run'] as const),
  ...(['system', 'what', 'target', 'count', 'result', 'failed', 'problem'] as const),
] satisfies (keyof AuditEntry)[];

const MOST_TARGETS = 20;
const MOST_CHARACTERS = 200;

/** What came of an operation, as the audit has it. */
export function auditOf(result: OperationResult, system: string): Omit<AuditEntry, keyof Actor | 'at'> {
  const { operation, state, failures = [] } = result;
  const { target, count } = aimOf(operation);
  return {
    system: operation.do === 'http-request' ? originOf(operation.url) : addressOf(system),
    what: whatOf(operation),
    target: target.slice(0, MOST_TARGETS).map(short),
    count,
    result: state,
    failed: failures.length,
    problem: keyOf(failures[0]),
  };
}

/** Questions that a service of modules was asked. */
export interface Questions {
  system: string;
  modules: readonly string[];
  /** Of each question. */
  attributes: readonly string[];
  failed: number;
}

/** The same, as the audit has it. */
export function askedOf({ system, modules, attributes, failed }: Questions) {
  const target = [...new Set(attributes)].flatMap((uuid) => named('attribute', { uuid }));
  const count = attributes.length;
  return {
    system: addressOf(system),
    what: short(`query ${modules.slice(0, MOST_TARGETS).map(wordOf).join(' ')}`),
    target: target.slice(0, MOST_TARGETS),
    count,
    result: failed === 0 ? 'done' : failed < count ? 'partial' : 'failed',
    failed,
    problem: '',
  };
}

export const short = (text: string): string => text.slice(0, MOST_CHARACTERS);

/** Words may quote what they are about: their key does not. */
function keyOf(failure: Failure | undefined): string {
  return typeof failure?.problem === 'object' ? failure.problem.key : '';
}

function whatOf(operation: Operation): string {
  if (operation.do === 'rest-call') return `rest-call ${operation.method} ${pathOf(operation.path)}`;
  if (operation.do === 'run-module') return `run-module ${wordOf(operation.module)}`;
  if (operation.do === 'run-workflow') return `run-workflow ${wordOf(operation.workflow)}`;
  return operation.do === 'http-request' ? `http-request ${operation.method}` : operation.do;
}

interface Aim {
  target: string[];
  count: number;
}

/** What an operation is about. */
function aimOf(operation: Operation): Aim {
  switch (operation.do) {
    case 'attach-tags':
    case 'detach-tags':
    case 'enrich-in-misp':
      return within(operation.event, operation.items);
    case 'edit-attributes':
      return within(
        operation.event,
        operation.changes.map(({ item }) => item),
      );
    case 'add-to-event': {
      const { attributes, objects, reports } = operation;
      return within(operation.event, [...attributes, ...objects, ...reports]);
    }
    case 'create-event':
    case 'edit-event':
    case 'publish':
    case 'unpublish':
      return within(operation.event, []);
    case 'accept-proposal':
    case 'discard-proposal':
      return { target: named('proposal', operation.proposal), count: 1 };
    case 'add-sightings': {
      const { items = [], values = [] } = operation;
      // Values are data: only how many.
      return {
        target: items.flatMap((item) => named('attribute', item)),
        count: items.length + values.length,
      };
    }
    case 'add-analyst-data': {
      const { items, target } = operation;
      return { target: items.flatMap((item) => named(target, item)), count: items.length };
    }
    case 'block-event':
      return { target: named('event', operation), count: 1 };
    case 'extend-warninglist':
      return { target: [`warninglist ${operation.list}`], count: operation.values.length };
    case 'see-setting':
    case 'set-setting':
      return { target: [operation.name], count: 1 };
    case 'create-workflow':
    case 'delete-workflow':
    case 'draw-workflow':
      return { target: [`workflow ${operation.trigger}`], count: 1 };
    case 'see-module':
    case 'switch-module':
      return { target: [`module ${operation.module}`], count: 1 };
    case 'create-tag':
      return { target: [`tag ${operation.tag}`], count: 1 };
    case 'send-mail': {
      const all = [...operation.to, ...(operation.bcc ?? [])];
      return { target: all, count: all.length };
    }
    default:
      return { target: [], count: 1 };
  }
}

function within(event: Ref, items: readonly Ref[]): Aim {
  const target = [...named('event', event), ...items.flatMap((item) => named('', item))];
  return { target, count: Math.max(1, items.length) };
}

function named(kind: string, { id, uuid }: Ref): string[] {
  const name = uuid ?? id;
  if (name === undefined) return [];
  return [`${kind} ${ID.test(name) ? name : '…'}`.trim()];
}

/** Paths may hold anything that a message had: only what MISP calls its things stays. */
function pathOf(path: string): string {
  const [controller = '', action = '', ...rest] = path.replace(/^\//, '').split('?', 1)[0].split('/');
  const named = rest.map((part) => (ID.test(part) ? part : '…')).slice(0, 5);
  return ['', wordOf(controller), wordOf(action), ...named].join('/');
}

const ID = /^(?:\d{1,12}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;

/** MISP's own names are short words; keys are not. */
function wordOf(text: string): string {
  return /^[\w-]{0,60}$/.test(text) && !/^[A-Za-z0-9]{40,}$/.test(text) ? text : '…';
}

/** Without a login in it, and without what is asked for. */
export function addressOf(system: string): string {
  if (!/^\w+:\/\//.test(system) || !URL.canParse(system)) return short(system.replace(/^.*@/, ''));
  const { protocol, host, pathname } = new URL(system);
  return short(`${protocol}//${host}${pathname}`.replace(/\/$/, ''));
}

/** Scheme, host and port: what stands behind them may be secret. */
function originOf(url: SecretText): string {
  const [first] = url;
  // The secret is the address itself, as of most chat services.
  if (typeof first !== 'string') return '…';
  const isWhole = url.length === 1 || /^\w+:\/\/[^/?#]+[/?#]/.test(first);
  return isWhole && URL.canParse(first) ? new URL(first).origin : '…';
}

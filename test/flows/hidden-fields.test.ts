import { strict as assert } from 'node:assert';
import type { Field } from '../../nodes/definition';
import { applies } from '../../src/checks/fields';
import { definitions } from '../support/definitions';
import { idOf, node, tab } from '../support/flows';
import { collectLog } from '../support/log';
import { deploy, startNodeRed, type FlowNode } from '../support/node-red';

type Settings = Record<string, unknown>;

/** What a node of a type needs to start; everything else has its default. */
const NEEDED: Record<string, Settings> = {
  'misp-attribute': { value: 'new' },
  'misp-chat': { chatId: '7', text: 'x' },
  'misp-decay': { models: ['1'] },
  'misp-firewall-list': { list: 'tested' },
  'misp-event': { value: 'new' },
  'misp-event-create': { info: 'new' },
  'misp-filter': { selector: 'Event.Attribute.{n}', hash_path: 'value', value: 'x', value_list: ['x'] },
  'misp-listener': { authentication: false },
  'misp-if': { hash_path: 'Event.info', expression: 'true', value: 'x', value_list: ['x'] },
  'misp-if-aggregate': { aggregation_path: 'Event.Attribute.{n}', value: '1' },
  'misp-if-count': { selector: 'Event.Attribute.{n}' },
  'misp-module-in': { input: ['ip-dst'] },
  'misp-reload': { event: '2', eventType: 'str' },
  'misp-request': { path: '/events/view/2' },
  'misp-run-workflow': { workflows: ['Review'] },
  'misp-run-module': { module: 'publish-event' },
  'misp-sighting': { values: 'payload', valuesType: 'msg' },
  'misp-splunk': { url: 'https://splunk.example:8088/services/collector/event' },
  'misp-webhook': { url: 'https://hook.example/' },
  'misp-flowintel': { url: 'https://flowintel.example' },
  'misp-tag-replace': { pattern: '/x/', substitution: 'y' },
  'misp-enrich': { enrichWith: ['dns'] },
  'misp-warninglist': { warninglist: '114' },
  'misp-zmq': { address: 'tcp://127.0.0.1:50000' },
};
const SECRETS: Record<string, Settings> = {
  'misp-firewall-list': { user: 'firewall', password: 'abc' },
  'misp-chat': { webhookUrl: 'https://chat.example/hook', token: '123:abc' },
  'misp-splunk': { token: 'abc', hecToken: 'abc' },
  'misp-flowintel': { apiKey: 'abc' },
};
const CONFIG_NODES: Record<string, string> = {
  'misp-server': 'misp',
  'misp-listener': 'listener',
  'misp-mail-server': 'mail',
  'misp-modules': 'modules',
  'misp-firewall-list': 'kept',
};

const CONFIGS = new Set([
  ...['misp-listener', 'misp-server', 'misp-mail-server', 'misp-store', 'misp-firewall-list'],
]);

/** Of which there is one in a Node-RED, or at a listener. */
const isAlone = (type: string, { kind }: Settings) => type === 'misp-store' || kind === 'ai';

/** Values that break a field of a kind while it is shown, or could. */
function broken(field: Field): unknown[] {
  switch (field.kind) {
    case 'hashpath':
      return ['Event.Tag['];
    case 'filter':
      return [{ selector: 'Event[', value: '', operator: 'in', path: 'Tag[' }];
    case 'template':
      return ['{% if %}', ''];
    case 'number':
      return [field.max + 1, 'many'];
    case 'text':
    case 'area':
      return ['', '/(/', '§ odd'];
    case 'select':
      return ['no such choice'];
    case 'picker':
    case 'list':
      return [[], ['']];
    case 'secret':
      return ['', '${NOT_SET_ANYWHERE}'];
    case 'config':
      return ['', 'gone'];
    case 'typed':
      return ['', '('];
    case 'checkbox':
      return ['yes'];
    default:
      return [[{ name: '', value: '' }]];
  }
}

const defaultOf = (field: Field) => ('default' in field ? field.default : undefined);

/** Choices that hide fields, each with the fields that it hides. */
function hiding(fields: Record<string, Field>): { choice: Settings; hidden: [string, Field][] }[] {
  const found = new Map<string, { choice: Settings; hidden: [string, Field][] }>();
  for (const [name, field] of Object.entries(fields)) {
    for (const [other, wanted] of [field.when ?? {}].flat().flatMap(Object.entries<unknown>)) {
      const all = fields[other].kind === 'select' ? fields[other].options : [true, false];
      for (const value of all.filter((one) => ![wanted].flat().includes(one))) {
        // Shown for another reason all the same.
        if (applies(field, (one) => (one === other ? value : defaultOf(fields[one])))) continue;
        const choice = { [other]: value };
        const key = JSON.stringify(choice);
        if (!found.has(key)) found.set(key, { choice, hidden: [] });
        found.get(key)!.hidden.push([name, field]);
      }
    }
  }
  return [...found.values()];
}

/** Settings under which fields are hidden and broken: all that one choice hides at once, each value of each once. */
function brokenCases(
  fields: Record<string, Field>,
): { what: string; settings: Settings; secrets: Settings }[] {
  return hiding(fields).flatMap(({ choice, hidden }) => {
    const values = hidden.map(([, field]) => broken(field));
    const rounds = Math.max(...values.map(({ length }) => length));
    const cases = Array.from({ length: rounds }, (_, round) => {
      const settings: Settings = {};
      const secrets: Settings = {};
      hidden.forEach(([name, field], index) => {
        const value = values[index][round % values[index].length];
        (field.kind === 'secret' ? secrets : settings)[name] = value;
        if (field.kind === 'typed' && value === '(') settings[`${name}Type`] = 'jsonata';
      });
      const what = `${JSON.stringify({ ...settings, ...secrets })}, hidden by ${JSON.stringify(choice)}`;
      return { what, settings: { ...settings, ...choice }, secrets };
    });
    return [{ what: `hidden by ${JSON.stringify(choice)}`, settings: choice, secrets: {} }, ...cases];
  });
}

describe('a field that the form hides', function () {
  // Many listeners, with a thread each.
  this.timeout(180_000);
  let nodeRed: Awaited<ReturnType<typeof startNodeRed>>;
  before(async () => {
    nodeRed = await startNodeRed();
  });
  after(() => nodeRed.stop());

  /** Nodes of one type with these settings, started side by side: what each says of itself. */
  async function start(
    type: string,
    all: { settings: Settings; secrets: Settings }[],
  ): Promise<(string | undefined)[]> {
    const said = new Map<string, string>();
    const log = collectLog(nodeRed.RED);
    const onStatus = ({ id, status }: { id: string; status?: { fill?: string; text?: string } }) => {
      if (status?.fill === 'red' || /not set up/.test(status?.text ?? '')) said.set(id, status?.text ?? '');
    };
    nodeRed.RED.events.on('node-status', onStatus);
    const isConfig = CONFIGS.has(type);
    const idAt = (index: number) => (isConfig ? `config-${index}` : idOf(`tested-${index}`));
    const tested = all.map(({ settings }, index): FlowNode => {
      if (isConfig) return { id: idAt(index), type, port: 46_000 + index, ...settings };
      return node(`tested-${index}`, type, [], settings);
    });
    const flow: FlowNode[] = [
      tab,
      { id: 'misp', type: 'misp-server', url: 'http://127.0.0.1:1', timeout: 1 },
      { id: 'listener', type: 'misp-listener', host: '127.0.0.1', port: 45_999, authentication: false },
      { id: 'kept', type: 'misp-firewall-list', list: 'fw', serve: false },
      { id: 'modules', type: 'misp-modules', url: 'http://127.0.0.1:1' },
      { id: 'mail', type: 'misp-mail-server', host: '127.0.0.1', port: 1, from: 'misp@flows.example' },
      ...tested,
    ];
    const own = Object.fromEntries(all.map(({ secrets }, index) => [idAt(index), secrets]));
    await deploy(nodeRed.RED, flow, { misp: { apiKey: 'k'.repeat(40) }, ...own });
    nodeRed.RED.events.off('node-status', onStatus);
    log.stop();
    for (const { id, level, msg } of log.lines) if (id && level <= 20) said.set(id, String(msg));
    return all.map((_, index) => said.get(idAt(index)));
  }

  for (const { type, description } of definitions) {
    const { fields } = description;
    if (!Object.values<Field>(fields).some(({ when }) => when)) continue;
    it(`of ${type} never breaks it`, async () => {
      const named = new Set(['misp-trigger', 'misp-module-in']);
      const servers = Object.entries<Field>(fields).flatMap(([name, field]): [string, string][] =>
        field.kind === 'config' && CONFIG_NODES[field.type] ? [[name, CONFIG_NODES[field.type]]] : [],
      );
      const base: Settings = { ...Object.fromEntries(servers), ...NEEDED[type] };
      const cases = brokenCases(fields).map(({ what, settings, secrets }) => ({
        what,
        settings: { ...base, ...settings, ...(named.has(type) ? { module: '' } : {}) },
        secrets: { ...SECRETS[type], ...secrets },
      }));
      // The name of a module, and of a list, is taken once only.
      if (type === 'misp-firewall-list')
        cases.forEach(({ settings }, index) => Object.assign(settings, { list: `l${index}` }));
      if (named.has(type))
        cases.forEach(({ settings }, index) => Object.assign(settings, { module: `m${index}` }));
      const alone = cases.filter(({ settings }) => isAlone(type, settings));
      const beside = cases.filter((one) => !alone.includes(one));
      const said = new Map(
        [...(await start(type, beside)).entries()].map(([index, words]) => [beside[index], words]),
      );
      for (const one of alone) said.set(one, (await start(type, [one]))[0]);
      const wrong = [...said].flatMap(([{ what }, words]) =>
        words === undefined ? [] : [`${what}: ${words}`],
      );
      assert.deepEqual(wrong, []);
      assert.ok(cases.length > 0);
    });
  }
});

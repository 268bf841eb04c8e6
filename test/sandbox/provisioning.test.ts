import { strict as assert } from 'node:assert';
import {
  ANALYST_KEY,
  API_KEY,
  ORG_ADMIN_KEY,
  startStandInMisp,
  type StandInMisp,
} from '../../sandbox/misp/server';
import { TestActionService } from './support/action-service';
import { recording, shapeOf, type RestRecording } from './support/recordings';
import { rest } from './support/rest';

type Json = Record<string, unknown>;

const RECORDED = recording<Record<string, RestRecording>>('provisioning/recordings.json');
const KEYS: Record<string, string> = {
  'site admin': API_KEY,
  'analyst (role User) of another organisation': ANALYST_KEY,
  'organisation admin': ORG_ADMIN_KEY,
};

/** One set-up, from the first setting to a workflow that runs; then what MISP refuses, and what it forgets. */
const SESSION = [
  ...['0-workflows-delete', '1-setting-workflow-enable', '2-setting-action-enable', '3-setting-action-url'],
  ...['4-setting-action-port', '5-setting-action-timeout', '6-toggleModule-action'],
  ...[
    '6b-toggleModule-unknown',
    '7-editor-creates-workflow',
    '7b-editor-unknown-trigger',
    '7c-workflows-add',
  ],
  ...['8-view', '9-edit', '10-toggle-trigger', '11-trigger-view', '12-toggle-trigger-off'],
  ...['13-edit-debug-on', '13b-edit-debug-off', '15-checkGraph', '9b-edit.unwrapped'],
  ...['9c-edit.data-as-object', '9d-edit.without-trigger', '9e-edit.two-connections-on-one-output'],
  ...['9f-edit.cycle', '9i-edit.name-only', '9g-edit.unknown-module', '9h-edit.other-trigger'],
  ...['forbidden-edit', 'forbidden-toggle', '14-massToggle', '16-rebuildRedis'],
].map((name) => `provision-${name}`);

describe('setting up the stand-in MISP', () => {
  let service: TestActionService;
  let misp: StandInMisp;

  before(async () => {
    service = await new TestActionService(recording('service/modules-reply.json')).start();
    misp = await startStandInMisp({
      port: 0,
      settings: { 'Plugin.Workflow_enable': true, 'MISP.baseurl': 'http://127.0.0.1:8080' },
      workers: 'unmanaged',
    });
    for (const id of ['8', '17']) misp.workflowStore.add({ id, trigger_id: 'event-publish' });
  });
  after(async () => {
    await misp.close();
    await service.close();
  });

  async function replay(name: string) {
    const { as, request, response } = RECORDED[name];
    assert.ok(KEYS[as], as);
    const headers = { ...request.headers, Authorization: KEYS[as] };
    const body = request.body ? JSON.stringify(request.body) : undefined;
    const reply = await rest(misp.url, request.method, request.path, headers, body);
    assert.equal(reply.status, response.status, reply.text);
    assert.equal(reply.headers['content-type'], response.headers['content-type']);
    return { reply, expected: response.body };
  }

  /** What no two MISPs have in common. */
  const common = (body: unknown) =>
    JSON.stringify(body)
      .replace(/"timestamp":("?)\d+/g, '"timestamp":$1TIME')
      .replace(/"uuid":"[^"]+"/g, '"uuid":"UUID"');

  it('has a place for each recording', () => {
    const others = Object.keys(RECORDED).filter((name) => !SESSION.includes(name));
    const tested = [...Object.keys(OTHERS), ...SAME, ...SESSION];
    assert.deepEqual(
      others.filter((name) => !tested.includes(name)),
      [],
    );
    assert.deepEqual(
      tested.filter((name) => !RECORDED[name]),
      [],
    );
  });

  for (const name of SESSION) {
    it(`answers as recorded: ${name}`, async () => {
      const { reply, expected } = await replay(name);
      assert.equal(common(reply.body), common(expected), 'the same text, key by key');
    });
  }

  it('has done what it said', () => {
    assert.deepEqual([...misp.workflowStore.enabled], [], 'rebuildRedis forgets them');
    assert.deepEqual(
      misp.workflowStore.rows.map(({ id }) => id),
      ['17', '18'],
    );
    assert.equal(misp.settings.get('Plugin.Action_timeout'), 10);
  });

  /** Single questions with the same answers. */
  const SAME = [
    ...['servers-getSetting', 'servers-getSetting.unknown', 'servers-serverSettingsEdit'],
    ...['servers-serverSettingsEdit.cli-only', 'servers-serverSettingsEdit.forbidden'],
    ...['servers-serverSettingsEdit.invalid', 'workflows-index.forbidden', 'workflows-index.org-admin'],
    ...['workflows-moduleView.unknown', 'workflows-view.unknown'],
  ];
  for (const name of SAME) {
    it(`answers as recorded: ${name}`, async () => {
      const { reply, expected } = await replay(name);
      assert.equal(common(reply.body), common(expected));
    });
  }

  /** Where the recording MISP had other things: what must be the same. */
  const OTHERS: Record<string, (actual: Json, expected: Json) => void> = {
    'servers-getWorkers': (actual, expected) => {
      const counted = (body: Json) => JSON.stringify(body).replace(/"jobCount":\d+/g, '"jobCount":0');
      assert.equal(counted(actual), counted(expected));
    },
    'servers-serverSettings': (actual, expected) => {
      assert.deepEqual(Object.keys(actual), Object.keys(expected));
      assert.deepEqual(shapeOf({ ...actual, finalSettings: 0 }), shapeOf({ ...expected, finalSettings: 0 }));
      const [own] = actual.finalSettings as Json[];
      const [row] = expected.finalSettings as Json[];
      assert.equal(own.setting, row.setting);
      assert.equal(own.value, row.value);
    },
    'workflows-moduleView.trigger': (actual, expected) => {
      assert.deepEqual(shapeOf(without(actual)), shapeOf(without(expected)));
      assert.deepEqual(Object.keys(actual.Workflow as Json), Object.keys(expected.Workflow as Json));
    },
    'workflows-triggers': sameRows,
    'workflows-triggers.blocking': sameRows,
    'workflows-moduleIndex.logic': sameIds,
    'workflows-moduleIndex.blocking': sameIds,
    'workflows-moduleIndex.enabled': (actual) => assert.deepEqual(actual, []),
  };
  for (const [name, compare] of Object.entries(OTHERS)) {
    it(`answers much as recorded: ${name}`, async () => {
      misp.actionService.port = service.port;
      const { reply, expected } = await replay(name);
      compare(reply.body, expected);
    });
  }

  const without = (row: Json, ...names: string[]): Json =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !['Workflow', ...names].includes(name)));

  /** Numbers too: what is left out leaves gaps. */
  function sameIds(actual: Json, expected: Json): void {
    const ids = (rows: Json) => Object.entries(rows).map(([index, row]) => [index, (row as Json).id]);
    assert.deepEqual(ids(actual), ids(expected));
  }

  function sameRows(actual: Json, expected: Json): void {
    const plain = (rows: unknown) => (rows as Json[]).map((row) => JSON.stringify(without(row, 'disabled')));
    assert.deepEqual(plain(actual), plain(expected));
  }
});

import { strict as assert } from 'node:assert';
import { API_KEY } from '../../sandbox/misp/server';
import type { MispEvent, MispTag } from '../../sandbox/misp/model';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { triggerData } from '../../sandbox/misp/trigger-data';
import { NEWEST } from '../../sandbox/misp/version';
import { placesIn } from '../../src/actions/misp-graph';
import { GATE_MODULES, gateChain } from '../../src/connect/gate';
import { bareGraph, insertAt } from '../../src/connect/splice';
import { placeOf, startAiModule } from '../support/ai-module';
import { drivenExamples, type ExampleTest } from '../support/examples';
import tagged from '../fixtures/triggers/tag-attached-after-save.event.json';
import user from '../fixtures/triggers/user-after-save.json';
import { until } from '../support/until';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { startReceiver, type Receiver } from '../support/receiver';
import { RetryClock } from '../support/retry-clock';
import { contentOf, TestMailServer } from '../support/smtp';
import { loadZeroMq } from '../../src/zmq/zeromq';
import { freePort } from '../support/misp';

const tag = (name: string): MispTag => ({
  id: `8${name.length}`,
  name,
  colour: '#000000',
  local: false,
  is_galaxy: false,
});
const now = () => String(Math.floor(Date.now() / 1000));
type Change = (event: MispEvent) => void;

/** The events of the stand-in, with the second one changed. */
function events(change: Change): MispEvent[] {
  const all = sampleEvents();
  change(all[1]);
  return all;
}

describe('the examples that MISP asks', function () {
  this.timeout(30000);
  const suite = drivenExamples();
  let test: ExampleTest;
  before(() => (test = suite.test));

  /** Publishes the second event, changed: why it was not, if so. */
  async function publish(name: string, change: Change = () => undefined): Promise<string | undefined> {
    await test.deploy(name, events(change));
    const { published, log: said } = await test.publish('2');
    return published ? undefined : said;
  }
  /** The same for what the stand-in itself would not publish. */
  async function ask(name: string, change: Change): Promise<string | undefined> {
    const all = events(change);
    await test.deploy(name, all);
    return (await test.misp.fire('event-publish', triggerData(all[1]))).reason;
  }

  it("tags that MISP's AI suggests become a note, and nothing is tagged", async () => {
    const all = sampleEvents();
    await test.deploy('AI - tags that MISP suggests', all);
    const ai = await startAiModule();
    test.misp.version = NEWEST;
    test.misp.aiService = placeOf(ai);
    const before = structuredClone(test.misp.event('2')!.Tag);
    await test.misp.fire('event-after-save-new', triggerData(all[1]));
    const notes = test.misp.collections.analystData;
    await until(() => notes.length > 0);
    await ai.close();
    assert.match(String(notes[0].note), /^MISP's AI suggests: .*lab:new\. Nobody has looked at that yet\.$/);
    assert.deepEqual(test.misp.event('2')!.Tag, before);
  });

  it('what the Enrichment service clears is published, and nothing else, also without Node-RED', async () => {
    const name = 'Fail closed - cleared by the Enrichment service';
    const all = sampleEvents();
    await test.deploy(name, all);
    const { misp } = test;
    const { url, port } = misp.actionService;
    Object.assign(misp.moduleServices, { Enrichment: { url, port } });
    const gate = { trigger: 'event-publish', module: 'cleared_by_flow', word: 'cleared' };
    const bare = bareGraph(gate.trigger);
    const data = insertAt(bare, placesIn(bare)[0], gateChain(gate));
    misp.workflowStore.add({
      trigger_id: gate.trigger,
      data: structuredClone(data),
    });
    misp.workflowStore.switchTrigger(gate.trigger, true);
    for (const module of GATE_MODULES) misp.workflowStore.switchModule(module, true);
    const statusOf = async (...tags: MispTag[]) => {
      Object.assign(misp.event('2')!, { Tag: tags, published: false });
      return (await misp.publish('2')).answer.status;
    };
    assert.equal(await statusOf(), 200);
    assert.equal(await statusOf(tag('tlp:red')), 403);
    Object.assign(misp.moduleServices, { Enrichment: { url, port: 1 } });
    assert.equal(await statusOf(), 500);
    assert.equal(misp.event('2')!.published, false);
  });

  it('a new event without a TLP gets a note that asks for one, and no other', async () => {
    const name = 'Analyst data - a note where the TLP is missing';
    const all = sampleEvents();
    all[1].Tag = [];
    await test.deploy(name, all);
    for (const one of [all[0], all[1]]) await test.misp.fire('event-after-save-new', triggerData(one));
    const notes = test.misp.collections.analystData;
    await until(() => notes.length > 0);
    assert.deepEqual(
      notes.map(({ object_uuid, note }) => [object_uuid, note]),
      [[all[1].uuid, `${all[1].info} has no TLP tag. Please add one before it is published.`]],
    );
  });

  describe('before an event is published', () => {
    it('tlp:red is blocked; an event with one attribute tagged so is not', async () => {
      await test.deploy('Block the publication of tlp-red');
      const { published, log: said } = await test.publish('1');
      assert.equal(published, false);
      assert.match(said, /Intrusion at a supplier .* is tagged tlp:red and must not leave this MISP/);
      assert.equal((await test.publish('2')).published, true);
      assert.equal((await test.publish('4')).published, true);
    });

    it('fresh addresses tagged tlp:red are blocked, old ones and others are not', async () => {
      const name = 'Filters - fresh addresses';
      const address: (time: string, ...names: string[]) => Change =
        (time, ...names) =>
        (event) =>
          Object.assign(event.Attribute[4], { timestamp: time, Tag: names.map(tag) });
      const why = await publish(name, address(now(), 'tlp:red'));
      assert.match(why ?? '', /Fresh addresses tagged tlp:red must not be published/);
      assert.equal(await publish(name, address('1500000000', 'tlp:red')), undefined);
      await test.deploy(name, events(address(now())));
      const later = test.inputs('d00000000000007b');
      assert.equal((await test.publish('2')).published, true);
      assert.equal(later.length, 0);
      await until(() => later.length > 0, 4000);
    });

    it('each check has its own words', async () => {
      const name = 'IF nodes - release checks';
      assert.equal(await publish(name), undefined);
      const cases: [Change, RegExp][] = [
        [
          (event) => Object.assign(event, { Attribute: [], Object: [], attribute_count: '0' }),
          /no attributes/,
        ],
        [(event) => (event.Tag = []), /no TLP tag/],
        [
          (event) => Object.assign(event, { orgc_id: '2', Orgc: { ...event.Orgc, id: '2' } }),
          /our own organisation/,
        ],
        [(event) => (event.distribution = '0'), /our organisation only/],
        [(event) => (event.threat_level_id = '4'), /no threat level/],
        [(event) => (event.published = true), /published already/],
      ];
      for (const [change, words] of cases) assert.match((await ask(name, change)) ?? 'goes on', words);
    });

    it('attributes that have or inherit both tags are blocked', async () => {
      const name = 'IF tag - any attribute';
      const mail = 'phishing:techniques="email-spoofing"';
      const both: Change = (event) => {
        event.Tag.push(tag('PAP:RED'));
        event.Attribute[0].Tag = [tag(mail)];
      };
      assert.match((await publish(name, both)) ?? '', /Phishing data marked PAP:RED/);
      assert.equal(await publish(name, (event) => (event.Attribute[0].Tag = [tag(mail)])), undefined);
    });

    it('at another listener: an event needs a TLP tag', async () => {
      const name = 'Listener - an address and port of its own';
      assert.equal(await publish(name), undefined);
      assert.match((await publish(name, (event) => (event.Tag = []))) ?? '', /needs a TLP tag/);
    });

    it('a function that answers later is waited for', async () => {
      const name = 'Response - an explicit answer';
      assert.equal(await publish(name), undefined);
      assert.match((await publish(name, (event) => (event.info = 'short'))) ?? '', /too short/);
    });

    it('a mass of different values is blocked, the same value again and again is not', async () => {
      const name = 'IF aggregate - no mass of values';
      const many =
        (value: (index: number) => string): Change =>
        (event) => {
          const [first] = event.Attribute;
          event.Attribute = Array.from({ length: 1100 }, (_, index) => ({
            ...first,
            ...{
              id: String(9000 + index),
              uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
            },
            value: value(index),
          }));
        };
      assert.equal(await publish(name), undefined);
      assert.match(
        (await publish(
          name,
          many((index) => `${index}.example`),
        )) ?? '',
        /1000 different values/,
      );
      assert.equal(
        await publish(
          name,
          many(() => 'same.example'),
        ),
        undefined,
      );
    });

    it("what an answer hands back decides in the rest of MISP's workflow, of a MISP that knows it", async () => {
      await test.deploy('Response - a score for MISP');
      const row = test.misp.workflowStore.byTrigger('event-publish');
      const path = '_env.misp_module_results.for_detection';
      const params = { hash_path: path, operator: 'equals', value: '0' };
      const bare = bareGraph('event-publish');
      const graph = insertAt(bare, placesIn(bare)[0], {
        parts: {
          own: { module: 'nodered_event_publish_score', kind: 'action', ways: { output_1: 'isNone' } },
          isNone: { module: 'generic-if', kind: 'logic', params, ways: { output_1: 'stop' } },
          stop: { module: 'stop-execution', kind: 'action' },
        },
        exit: { part: 'isNone', output: 'output_2' },
      });
      Object.assign(row ?? {}, { data: graph });
      for (const module of ['generic-if', 'stop-execution'])
        test.misp.workflowStore.switchModule(module, true);
      const publishes = async (toIds: boolean) => {
        const event = test.misp.event('2') as MispEvent;
        event.published = false;
        const { Attribute, Object: objects } = event;
        for (const one of [...Attribute, ...objects.flatMap((object) => object.Attribute)])
          one.to_ids = toIds;
        return (await test.publish('2')).published;
      };
      assert.equal(await publishes(false), true, 'MISP 2.5.1 knows nothing of it');
      test.misp.version = NEWEST;
      assert.deepEqual([await publishes(false), await publishes(true)], [false, true]);
    });

    it('what is to be looked at again is marked and stopped; the mark goes when it is all right', async () => {
      const name = 'Second look - an attribute that is tagged tlp-red';
      const mark = 'workflow:todo="review-before-publication"';
      const red: Change = (event) => (event.Attribute[4].Tag = [tag('tlp:red')]);
      assert.match((await publish(name, red)) ?? '', /Event 2 has something tagged tlp:red/);
      assert.ok(test.tags('2').includes(`${mark} (local)`));
      assert.equal(await publish(name, (event) => event.Tag.push({ ...tag(mark), local: true })), undefined);
      assert.deepEqual(test.tags('2'), ['tlp:green']);
    });

    it('false positives lose the flag, get a comment, and the event is being analysed', async () => {
      const name = 'Edit - what a partner marked as uncertain';
      const risky: Change = (event) => {
        event.analysis = '0';
        event.Attribute[2].Tag = [tag('false-positive:risk="high"')];
      };
      await publish(name, risky);
      await until(() => test.misp.event('2')?.analysis === '1');
      const [, , marked, other] = test.misp.event('2')?.Attribute ?? [];
      assert.deepEqual(
        [marked.to_ids, marked.comment],
        [false, 'Likely a false positive, says EXAMPLE-CERT'],
      );
      assert.deepEqual([other.to_ids, other.comment], [true, '']);
    });
  });

  describe('with misp-modules', () => {
    let service: ModuleServiceStandIn;
    before(async () => {
      const format = { format: 'misp_standard' };
      service = await startModules([
        moduleNamed('mmdb_lookup', ['ip-src', 'ip-dst'], format),
        moduleNamed('vulnerability_lookup', ['vulnerability'], format),
      ]);
      service.answer = ({ module }) => {
        const rows: [string, string, string][] =
          module === 'mmdb_lookup'
            ? [
                ['country', 'text', 'Luxembourg'],
                ['countrycode', 'text', 'LU'],
                ['asn', 'AS', '64500'],
              ]
            : [
                ['cvss-score', 'float', '9.8'],
                ['summary', 'text', 'Remote code execution'],
              ];
        const Attribute = rows.map(([object_relation, type, value]) => ({ object_relation, type, value }));
        return { results: { Attribute: [], Object: [{ name: 'geolocation', Attribute }] } };
      };
    });
    after(() => service.close());
    const at = () => ({ 'misp-modules': { url: service.url } });

    it('addresses get their country and AS as local tags', async () => {
      await test.deploy('Enrich - country and AS of addresses', sampleEvents(), at());
      assert.equal((await test.publish('2')).published, true);
      await until(() => test.tags('2', '192.0.2.61').length > 0);
      assert.deepEqual(test.tags('2', '192.0.2.61'), [
        'asn_number:"64500" (local)',
        'country:"LUXEMBOURG" (local)',
        'country_code:"LU" (local)',
      ]);
    });

    it('vulnerabilities get score, risk and summary', async () => {
      const all = events((event) => {
        Object.assign(event.Attribute[1], { type: 'vulnerability', value: 'CVE-2026-1234', comment: 'seen' });
      });
      await test.deploy('Enrich - score and summary of vulnerabilities', all, at());
      await test.misp.fire('event-after-save-new', triggerData(all[1]));
      const changed = () => test.attribute('2', 'CVE-2026-1234');
      await until(() => String(changed()?.comment).includes('CVE Summary'));
      assert.equal(changed()?.comment, 'seen CVE Summary: Remote code execution');
      assert.deepEqual(test.tags('2', 'CVE-2026-1234'), [
        'CVSS:9.8 (local)',
        'misp:threat-level="high-risk" (local)',
      ]);
    });
  });

  describe('what others are told', () => {
    let receiver: Receiver;
    beforeEach(async () => {
      receiver = await startReceiver();
    });
    afterEach(() => receiver.close());

    it('a chat gets a card; one that is down stops nothing', async () => {
      const name = 'Chat - a card of each published event';
      await test.deploy(name, sampleEvents(), {}, { webhookUrl: `${receiver.url}/hooks/one` });
      const posted = test.inputs('d00000000000c123');
      assert.equal((await test.publish('2')).published, true);
      await until(() => posted.length > 0);
      assert.match(receiver.received[0].text, /Phishing wave/);
      const failed = test.inputs('d00000000000c125');
      receiver.script = [{ status: 403, body: 'no' }];
      assert.equal((await test.publish('4')).published, true);
      await until(() => failed.length > 0);
    });

    it('a ticket comes back with its number', async () => {
      receiver.script = [{ status: 201, body: { number: 4711 } }];
      const at = { 'misp-webhook': { url: `${receiver.url}/api/tickets` } };
      await test.deploy('Webhook - a ticket for each published event', sampleEvents(), at);
      const answers = test.inputs('d00000000000c223');
      assert.equal((await test.publish('2')).published, true);
      await until(() => answers.length > 0);
      const [{ json, headers }] = receiver.received;
      const { uuid, info } = sampleEvents()[1];
      assert.deepEqual(json, { title: info, event: uuid, tags: ['tlp:green'] });
      assert.equal(headers['x-organisation'], 'EXAMPLE-CERT');
      assert.deepEqual((answers[0].misp as { response: { body: unknown } }).response.body, { number: 4711 });
    });

    it('Flowintel gets a case of a new event once, and the event refers to it', async () => {
      receiver.script = [{ status: 201, body: { message: 'Case created, id: 41', case_id: 41 } }];
      const at = { 'misp-flowintel': { url: receiver.url } };
      const name = 'Flowintel - a case for each new event';
      await test.deploy(name, sampleEvents(), at, { apiKey: API_KEY });
      const [cases, failed] = ['d00000000000b523', 'd00000000000b525'].map((id) => test.inputs(id));
      // MISP says no more of a new event.
      const { id, uuid, info } = sampleEvents()[1];
      const saved = () =>
        test.misp.fire('event-after-save-new', { Event: { id, uuid, info, attribute_count: '8' } });
      await saved();
      await until(() => cases.length > 0);
      const [{ json, headers }] = receiver.received;
      assert.equal(headers['x-api-key'], API_KEY);
      const { title, event } = json as { title: string; event: { Event: MispEvent } };
      assert.equal(title, `${info} (2)`);
      assert.equal(event.Event.Attribute.length, sampleEvents()[1].Attribute.length);
      const found = { id: '41', url: `${receiver.url}/case/41` };
      assert.deepEqual((cases[0].misp as { case: unknown }).case, found);
      assert.equal(test.misp.event('2')?.Object.at(-1)?.name, 'flowintel-case');
      await saved();
      await until(() => cases.length > 1);
      assert.equal(receiver.received.length, 1);
      receiver.script = ['cut'];
      await test.misp.fire('event-after-save-new', triggerData(test.misp.event('4') as MispEvent));
      await until(() => failed.length > 0);
    });

    it('Splunk gets an event for each attribute', async () => {
      receiver.script = [{ status: 200, body: { text: 'Success', code: 0 } }];
      const at = { 'misp-splunk': { url: `${receiver.url}/services/collector/event` } };
      await test.deploy('Splunk - an event for each attribute', sampleEvents(), at, { token: 'T' });
      const took = test.inputs('d00000000000c323');
      assert.equal((await test.publish('2')).published, true);
      await until(() => took.length > 0);
      const lines = receiver.received.flatMap(({ text }) => text.split('\n'));
      const { Attribute, Object: objects } = sampleEvents()[1];
      assert.equal(lines.length, Attribute.length + objects.flatMap((one) => one.Attribute).length);
      assert.match(lines[0], /"sourcetype":"misp:attribute"/);
      assert.match(lines[0], /billing@harbor-invoices\.example\.net/);
    });

    it('the admins of the organisation of a new event get a mail', async () => {
      const mail = await TestMailServer.start({ login: { user: 'misp', password: 'secret' } });
      const smtp = { 'misp-mail-server': { host: '127.0.0.1', port: mail.port, verify: false } };
      const all = sampleEvents();
      await test.deploy('Mail - a new event to its own admins', all, smtp);
      const told = test.inputs('d00000000000ea23');
      await test.misp.fire('event-after-save-new', triggerData(all[1]));
      await until(() => told.length > 0 && mail.mails.length > 0);
      assert.equal(
        mail.mails[0].headers.subject,
        'New event 2: Phishing wave against harbor logistics operators',
      );
      assert.match(contentOf(mail.mails[0]), /EXAMPLE-CERT has made event 2/);
      await mail.stop();
    });

    it('they get it when the mail server was away, too', async () => {
      const clock = new RetryClock();
      const port = await freePort();
      const smtp = { 'misp-mail-server': { host: '127.0.0.1', port, verify: false } };
      const all = sampleEvents();
      await test.deploy('Mail - a new event to its own admins', all, smtp);
      const told = test.inputs('d00000000000ea23');
      await test.misp.fire('event-after-save-new', triggerData(all[1]));
      await until(() => told.length > 0, 10_000);
      const mail = await TestMailServer.start({ login: { user: 'misp', password: 'secret' } }, port);
      await clock.pass(2);
      await until(() => mail.mails.length > 0, 10_000);
      await clock.pass(30, 5);
      clock.giveBack();
      await mail.stop();
      assert.equal(mail.mails.length, 1);
    });

    it('subscribers of ZeroMQ get published events', async () => {
      const address = `tcp://127.0.0.1:${await freePort()}`;
      await test.deploy('ZeroMQ push - published events for other systems', sampleEvents(), {
        'misp-zmq-push': { address },
      });
      const zmq = loadZeroMq();
      const socket = new zmq.Subscriber({ linger: 0 });
      socket.subscribe();
      socket.connect(address);
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal((await test.publish('2')).published, true);
      for await (const [frame] of socket) {
        assert.match(String(frame), /Phishing wave/);
        break;
      }
      socket.close();
    });
  });

  describe('after something was saved, tagged or deleted', () => {
    it('a deleted event goes on the blocklist', async () => {
      const all = sampleEvents();
      await test.deploy('Blocklist - what is deleted does not come back', all);
      await test.misp.fire('event-before-delete', triggerData(all[1]));
      await until(() => test.misp.collections.blocklist.length > 0);
      const [{ event_uuid, comment }] = test.misp.collections.blocklist;
      assert.deepEqual([event_uuid, comment], [all[1].uuid, 'Deleted here']);
    });

    it('new events get tags in one notation, and a mark', async () => {
      const all = events((event) => (event.Tag = [tag('TLP=Red'), tag('PAP--green')]));
      await test.deploy('Tags - one notation for TLP and PAP', all);
      await test.misp.fire('event-after-save-new', triggerData(all[1]));
      await until(() => test.tags('2').some((name) => name.includes('incomplete')));
      assert.deepEqual(test.tags('2'), [
        'PAP--green',
        'PAP:GREEN (local)',
        'TLP=Red',
        'tlp:red (local)',
        'workflow:state="incomplete" (local)',
      ]);
    });

    it('a proposal for a new attribute is accepted', async () => {
      const all = sampleEvents();
      await test.deploy('Proposals - accept new ones, countries of what is enriched', all);
      const proposal = { type: 'ip-dst', category: 'Network activity', value: '203.0.113.98', to_ids: true };
      await fetch(`${test.misp.url}/shadow_attributes/add/2`, {
        method: 'POST',
        headers: { Authorization: API_KEY, Accept: 'application/json', 'Content-Type': 'application/json' },
        body: JSON.stringify(proposal),
      });
      assert.equal(test.attribute('2', '203.0.113.98'), undefined);
      await test.misp.fire('shadow-attribute-after-save', triggerData(test.misp.event('2') as MispEvent));
      await until(() => test.attribute('2', '203.0.113.98') !== undefined);
    });

    it('a finished event is published, unless something in it is on a warninglist', async () => {
      const name = 'Publish - a finished event without known false positives';
      const finish = async (value: string) => {
        const all = events((event) => {
          event.Tag.push(tag('workflow:state="complete"'));
          event.Attribute = [event.Attribute[2]];
          event.Attribute[0].value = value;
          event.Object = [];
        });
        await test.deploy(name, all);
        const known = test.inputs('d00000000000f324');
        const published = test.inputs('d00000000000f326');
        const { data } = tagged.request.body;
        const { id, uuid, Tag } = all[1];
        await test.misp.fire('tag-attached-after-save', { ...data, Event: { ...data.Event, id, uuid, Tag } });
        await until(() => known.length + published.length > 0);
        return [known.length, test.misp.event('2')?.published];
      };
      assert.deepEqual(await finish('harbor-invoices.example.net'), [0, true]);
      assert.deepEqual(await finish('www.google.com'), [1, false]);
    });

    it('users come without keys and passwords', async () => {
      await test.deploy('Trigger - log who changes users');
      const shown = test.inputs('d000000000000032');
      await test.misp.fire('user-after-save', user.request.body.data);
      await until(() => shown.length > 0);
      const text = JSON.stringify(shown[0].payload);
      assert.match(text, /new2\.mwsi7tvc@northwind\.example/);
      for (const secret of [user.request.body.data.authkey, user.request.body.data.confirm_password])
        assert.ok(!text.includes(secret));
    });

    it('what carries tlp:red calls the flow when it is tagged, what does not does not', async () => {
      await test.deploy('Trigger - what is tagged tlp-red');
      const shown = test.inputs('d00000000000d022');
      const { data } = tagged.request.body;
      const event = (name: string) => ({ ...data, Event: { ...data.Event, Tag: [tag(name)] } });
      await test.misp.fire('tag-attached-after-save', event('tlp:green'));
      await test.misp.fire('tag-attached-after-save', event('tlp:red'));
      await until(() => shown.length > 0);
      assert.equal(shown.length, 1);
      assert.match(JSON.stringify(shown[0].payload), /tlp:red/);
    });
  });
});

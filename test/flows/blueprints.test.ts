import { strict as assert } from 'node:assert';
import type { MispEvent, MispTag } from '../../sandbox/misp/model';
import { enrich, serviceOf } from '../../sandbox/misp/enrichment';
import { QUERY_FORMS, type QueryForm } from '../../sandbox/misp/service/query-forms';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { triggerData } from '../../sandbox/misp/trigger-data';
import { drivenExamples, type ExampleTest } from '../support/examples';
import texts from '../../locales/en-US/misp-trigger.json';
import recorded from '../fixtures/triggers/enrichment-before-query.json';
import { until } from '../support/until';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';
import { contentOf, TestMailServer } from '../support/smtp';

const tag = (name: string) => ({
  id: `9${name.length}`,
  name,
  colour: '#000000',
  local: false,
  is_galaxy: false,
});
const tags = (...names: string[]): MispTag[] => names.map(tag);

/** The event 2 of the stand-in, changed. */
function events(change: (event: MispEvent) => void): MispEvent[] {
  const all = sampleEvents();
  change(all[1]);
  return all;
}

const MAY_CHANGE = 'misp-workflow:mutability="allowed"';
const DOMAIN = 'harbor-invoices.example.net';
const ADDRESS = '192.0.2.61';

describe("the examples that stand for MISP's blueprints", function () {
  this.timeout(30000);
  const suite = drivenExamples();
  let test: ExampleTest;
  before(() => (test = suite.test));

  describe('tlp:clear beside tlp:white', () => {
    const start = (change: (event: MispEvent) => void) =>
      test.deploy('Blueprint - tlp-clear beside tlp-white', events(change));

    it('on an event, and on what is tagged itself', async () => {
      await start((event) => {
        event.Tag = tags('tlp:white');
        event.Attribute[2].Tag = tags('tlp:white');
      });
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2'), ['tlp:clear (local)', 'tlp:white']);
      assert.deepEqual(test.tags('2', DOMAIN), ['tlp:clear (local)', 'tlp:white']);
      assert.deepEqual(test.tags('2', ADDRESS), []);
    });

    it('on an attribute alone', async () => {
      await start((event) => (event.Attribute[2].Tag = tags('tlp:white')));
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2'), ['tlp:green']);
      assert.deepEqual(test.tags('2', DOMAIN), ['tlp:clear (local)', 'tlp:white']);
    });

    it('on nothing else', async () => {
      await start(() => undefined);
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2'), ['tlp:green']);
    });
  });

  describe('PAP:RED and tlp:red are not queried', () => {
    const fire = async (change: (event: MispEvent) => void) => {
      const [, event] = events(change);
      await test.deploy('Blueprint - PAP-RED and tlp-red are not queried');
      return test.misp.fire('enrichment-before-query', triggerData(event));
    };

    it('what is tagged so is stopped, on the event or on an attribute', async () => {
      const onEvent = await fire((event) => (event.Tag = tags('PAP:RED')));
      assert.equal(onEvent.blocked, true);
      assert.match(onEvent.reason ?? '', /Phishing wave .* tagged PAP:RED or tlp:red/);
      assert.equal((await fire((event) => (event.Attribute[4].Tag = tags('tlp:red')))).blocked, true);
    });

    it('anything else is asked for', async () => {
      assert.equal((await fire(() => undefined)).blocked, false);
    });

    it('what nobody can tell is stopped', async () => {
      const outcome = await fire((event) => {
        event.Attribute = [];
        event.Object = [];
      });
      assert.equal(outcome.blocked, true);
      assert.match(outcome.reason ?? '', /did not say what is to be queried/);
      const { body } = (recorded as { request: { body: { data: object } } }).request;
      assert.equal((await test.misp.fire('enrichment-before-query', body.data)).blocked, true);
    });
  });

  describe('PAP:RED and tlp:red are not queried, on whatever way MISP asks', () => {
    let service: ModuleServiceStandIn;
    before(async () => {
      service = await startModules([moduleNamed('lookup', ['domain', 'ip-dst'])]);
      service.answer = () => ({ results: [{ types: ['text'], values: ['found'] }] });
    });
    after(() => service.close());

    const ask = async (form: QueryForm, ...names: string[]) => {
      service.queries.length = 0;
      await test.deploy(
        'Blueprint - PAP-RED and tlp-red are not queried',
        events((event) => (event.Tag = tags(...names))),
      );
      const { misp } = test;
      const { protocol, hostname, port } = new URL(service.url);
      misp.moduleServices.Enrichment = { url: `${protocol}//${hostname}`, port: Number(port) };
      const [module] = await serviceOf(misp, 'Enrichment').modules();
      const found = misp.items.attribute(
        misp.event('2')?.Attribute.find(({ value }) => value === DOMAIN)?.id ?? '',
      );
      assert.ok(found);
      const own = { module: 'lookup', domain: DOMAIN };
      const isOwn = form === 'REST modules/queryEnrichment';
      const answer = await enrich(misp, form, module, found, isOwn ? own : undefined);
      return { answer, asked: service.queries.length, reason: misp.outcomes.at(-1)?.reason ?? '' };
    };

    for (const form of Object.keys(QUERY_FORMS) as QueryForm[]) {
      const saysNothing = ['REST modules/queryEnrichment', 'attributes/enrich'].includes(form);
      it(`${form}${saysNothing ? ': MISP tells nothing of it, so it is stopped' : ''}`, async () => {
        for (const name of ['tlp:red', 'PAP:RED']) {
          const { answer, asked } = await ask(form, name);
          assert.deepEqual(answer, { blocked: true });
          assert.equal(asked, 0);
        }
        const other = await ask(form, 'tlp:green');
        assert.equal(other.asked, saysNothing ? 0 : 1);
        if (saysNothing) assert.match(other.reason, /did not say what is to be queried/);
        else assert.deepEqual(other.answer, { found: service.answer({ module: 'lookup' }, undefined!) });
      });
    }

    it('is told so by the help of the trigger', () => {
      const told = JSON.stringify(texts);
      assert.match(told, /Lacks:\* everything but `_module`, for REST calls of `modules\/queryEnrichment`/);
      assert.match(told, /It has to stop an event without attributes/);
    });
  });

  describe('the gate of a curation', () => {
    it('lets an event that is tagged for it through', async () => {
      await test.deploy(
        'Curation - only what may be curated',
        events((event) => (event.Tag = tags('misp-workflow:run="allowed"', 'TLP=Green'))),
      );
      assert.equal((await test.publish('2')).published, true);
      assert.ok(test.tags('2').includes('tlp:green (local)'));
    });

    it('publishes any other as it is', async () => {
      await test.deploy(
        'Curation - only what may be curated',
        events((event) => (event.Tag = tags('TLP=Green'))),
      );
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2'), ['TLP=Green']);
    });
  });

  describe('TLP and PAP in one notation', () => {
    const start = (...names: string[]) =>
      test.deploy(
        'Curation - TLP and PAP in one notation',
        events((event) => (event.Tag = tags(...names))),
      );

    it('in the place of the old tags, where that is allowed', async () => {
      await start('PAP--green', 'TLP=Red', MAY_CHANGE);
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2'), ['PAP:GREEN', MAY_CHANGE, 'tlp:red']);
    });

    it('beside them, else', async () => {
      await start('PAP--green', 'TLP=Red');
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2'), ['PAP--green', 'PAP:GREEN (local)', 'TLP=Red', 'tlp:red (local)']);
    });
  });

  const curations = [
    {
      name: 'Curation - no automation for what a feed lists',
      risk: 'false-positive:risk="medium"',
      hit: (event: MispEvent) =>
        (event.Attribute[4].Feed = [{ id: '1', name: 'Tor exit nodes' }] as unknown as never),
      value: ADDRESS,
    },
    {
      name: 'Curation - no automation for known false positives',
      risk: 'false-positive:risk="high"',
      hit: (event: MispEvent) => (event.Attribute[2].value = 'www.google.com'),
      value: 'www.google.com',
    },
  ];
  for (const { name, risk, hit, value } of curations) {
    describe(name, () => {
      const analysis = 'misp-workflow:analysis="false-positive"';

      it('takes the flag away and says so, where the data may be changed', async () => {
        await test.deploy(
          name,
          events((event) => {
            event.Tag = tags(MAY_CHANGE);
            hit(event);
          }),
        );
        assert.equal((await test.publish('2')).published, true);
        assert.equal(test.attribute('2', value)?.to_ids, false);
        const taken = 'misp-workflow:action-taken="ids-flag-removed"';
        assert.deepEqual(test.tags('2', value), [risk, taken, analysis]);
        assert.deepEqual(
          test.misp.event('2')?.Attribute.filter(({ Tag = [], to_ids }) => Tag.length > 0 && to_ids),
          [],
        );
      });

      it('only marks it for this MISP, else', async () => {
        await test.deploy(name, events(hit));
        assert.equal((await test.publish('2')).published, true);
        assert.equal(test.attribute('2', value)?.to_ids, true);
        assert.deepEqual(test.tags('2', value), [`${risk} (local)`, `${analysis} (local)`]);
      });

      it('leaves an event without such data as it is', async () => {
        const quiet = events((event) => {
          event.Tag = tags(MAY_CHANGE);
          // Addresses for documentation are on a list.
          event.Attribute[4].value = '45.33.12.7';
        });
        const before = structuredClone(quiet[1].Attribute);
        await test.deploy(name, quiet);
        assert.equal((await test.publish('2')).published, true);
        assert.deepEqual(test.misp.event('2')?.Attribute, before);
      });
    });
  }

  describe('all admins get a mail of a pulled event', () => {
    it('of each that was pulled', async () => {
      const login = { user: 'misp', password: 'secret' };
      const mail = await TestMailServer.start({ login });
      const smtp = { 'misp-mail-server': { host: '127.0.0.1', port: mail.port, verify: false } };
      await test.deploy('Demo - all admins get a mail of a pulled event', undefined, smtp);
      const [, event] = sampleEvents();
      await test.misp.fire('event-after-save-new-from-pull', triggerData(event));
      await until(() => mail.mails.length > 0);
      const [{ to, headers }] = mail.mails;
      assert.deepEqual(to, ['admin@admin.test']);
      assert.equal(headers.subject, 'Pulled: Phishing wave against harbor logistics operators');
      assert.match(contentOf(mail.mails[0]), /of EXAMPLE-CERT was pulled[^]*tlp:green/);
      await mail.stop();
    });
  });
});

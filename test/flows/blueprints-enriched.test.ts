import { strict as assert } from 'node:assert';
import type { MispAttribute, MispEvent } from '../../sandbox/misp/model';
import { sampleEvents } from '../../sandbox/misp/sample-events';
import { drivenExamples, type ExampleTest } from '../support/examples';
import { until } from '../support/until';
import { moduleNamed, startModules, type ModuleServiceStandIn } from '../support/modules';

const MAY_CHANGE = 'misp-workflow:mutability="allowed"';
const tag = (name: string) => ({ id: '90', name, colour: '#000000', local: false, is_galaxy: false });
const IPS = ['ip-src', 'ip-dst', 'ip-src|port', 'ip-dst|port'];
const HASHES = ['md5', 'sha1', 'sha256'];

/** What each service knows, as misp-modules answers: an object with these attributes. */
const ANSWERS: Record<
  string,
  { object: string; input: string[]; of: (value: string) => [string, string, string][] }
> = {
  hashlookup: {
    object: 'hashlookup',
    input: HASHES,
    of: (value) => (value.startsWith('a') ? [['FileName', 'filename', 'notepad.exe']] : []),
  },
  mmdb_lookup: {
    object: 'geolocation',
    input: IPS,
    of: (value) =>
      value.startsWith('203.') ? [['country', 'text', 'Luxembourg']] : [['country', 'text', 'France']],
  },
  bgpranking: {
    object: 'bgp-ranking',
    input: ['AS'],
    of: (value) => [['position', 'float', value === '64500' ? '7' : '900']],
  },
  abuseipdb: {
    object: 'abuseipdb',
    input: ['ip-src', 'ip-dst', 'hostname', 'domain', 'domain|ip'],
    of: (value) => [['is-malicious', 'boolean', value.startsWith('203.') ? '1' : '0']],
  },
  google_safe_browsing: {
    object: 'google-safe-browsing',
    input: ['url'],
    of: (value) => [['malicious', 'boolean', value.includes('bad') ? '1' : '0']],
  },
};

describe("the examples that stand for MISP's blueprints with enrichment", function () {
  this.timeout(30000);
  const suite = drivenExamples();
  let test: ExampleTest;
  let service: ModuleServiceStandIn;
  before(async () => {
    test = suite.test;
    service = await startModules(
      Object.entries(ANSWERS).map(([name, { input }]) =>
        moduleNamed(name, input, { format: 'misp_standard' }),
      ),
    );
    service.answer = ({ module, attribute }) => {
      const { object, of } = ANSWERS[module];
      const found = of((attribute as { value: string }).value);
      if (found.length === 0) return { error: 'Nothing found' };
      const Attribute = found.map(([object_relation, type, value]) => ({ object_relation, type, value }));
      return { results: { Attribute: [], Object: [{ name: object, Attribute }] } };
    };
  });
  after(() => service.close());

  /** Deploys an example before an event with attributes of these types and values. */
  async function start(name: string, attributes: [type: string, value: string][], ...tags: string[]) {
    const all: MispEvent[] = sampleEvents();
    const [, event] = all;
    event.Tag = tags.map(tag);
    event.Object = [];
    event.Attribute = attributes.map(([type, value], index): MispAttribute => ({
      ...event.Attribute[index],
      type,
      value,
      to_ids: true,
    }));
    event.attribute_count = String(attributes.length);
    await test.deploy(name, all, { 'misp-modules': { url: service.url } });
  }
  const flags = () => test.misp.event('2')?.Attribute.map(({ to_ids }) => to_ids);
  const KNOWN = 'a'.repeat(32);
  const OTHER = 'b'.repeat(32);
  const hashes: [string, string][] = [
    ['md5', KNOWN],
    ['md5', OTHER],
  ];

  it('known hashes are not for automation', async () => {
    await start('Blueprint - no automation for known hashes', hashes);
    assert.equal((await test.publish('2')).published, true);
    assert.deepEqual(flags(), [false, true]);
    assert.deepEqual(test.tags('2', KNOWN), ['ids-removed (local)']);
    assert.deepEqual(test.tags('2', OTHER), []);
  });

  it('networks that rank badly are marked', async () => {
    await start('Blueprint - BGP ranking marks active infrastructure', [
      ['AS', '64500'],
      ['AS', '64501'],
    ]);
    assert.equal((await test.publish('2')).published, true);
    await until(() => test.tags('2', '64500').length > 0);
    assert.deepEqual(test.tags('2', '64500'), ['adversary:infrastructure-state="active" (local)']);
    assert.deepEqual(test.tags('2', '64501'), []);
  });

  const addresses: [string, string][] = [
    ['ip-dst', '203.0.113.45'],
    ['ip-dst', '198.51.100.23'],
  ];

  for (const [tags, mark] of [
    [[MAY_CHANGE], ''],
    [[], ' (local)'],
  ] as const) {
    it(`addresses get their country${mark}`, async () => {
      await start('Curation - countries of addresses', addresses, ...tags);
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2', '203.0.113.45'), [`misp-galaxy:country="luxembourg"${mark}`]);
    });

    it(`addresses in some countries get a threat level${mark}`, async () => {
      await start('Curation - threat level by location', addresses, ...tags);
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(test.tags('2', '203.0.113.45'), [`misp:threat-level="medium-risk"${mark}`]);
      assert.deepEqual(test.tags('2', '198.51.100.23'), []);
    });
  }

  const HASHED = 'misp-workflow:analysis="known-file-hash"';
  it('known file hashes lose the flag and get a comment, where that is allowed', async () => {
    await start('Curation - no automation for known hashes', hashes, MAY_CHANGE);
    assert.equal((await test.publish('2')).published, true);
    assert.deepEqual(flags(), [false, true]);
    assert.deepEqual(test.tags('2', KNOWN), ['misp-workflow:action-taken="ids-flag-removed"', HASHED]);
    assert.match(String(test.attribute('2', KNOWN)?.comment), /file name\] `notepad\.exe`/);
  });

  it('known file hashes are only marked, else', async () => {
    await start('Curation - no automation for known hashes', hashes);
    assert.equal((await test.publish('2')).published, true);
    assert.deepEqual(flags(), [true, true]);
    assert.deepEqual(test.tags('2', KNOWN), [`${HASHED} (local)`]);
  });

  const toggles: [string, [string, string][]][] = [
    ['Curation - automation by AbuseIPDB', addresses],
    [
      'Curation - automation by Safe Browsing',
      [
        ['url', 'https://bad.example.net/'],
        ['url', 'https://good.example.net/'],
      ],
    ],
  ];
  for (const [name, attributes] of toggles) {
    it(`${name}: each its own way`, async () => {
      await start(name, attributes, MAY_CHANGE);
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(flags(), [true, false]);
      const [[, bad], [, good]] = attributes;
      assert.deepEqual(test.tags('2', bad), [
        'false-positive:risk="low"',
        'misp-workflow:action-taken="ids-flag-added"',
        'misp-workflow:analysis="highly-likely-positive"',
      ]);
      assert.ok(test.tags('2', good).includes('misp-workflow:action-taken="ids-flag-removed"'));
      assert.match(String(test.attribute('2', bad)?.comment), /malicious\] `1`/);
    });

    it(`${name}: only marks, where the data may not be changed`, async () => {
      await start(name, attributes);
      assert.equal((await test.publish('2')).published, true);
      assert.deepEqual(flags(), [true, true]);
      assert.ok(test.tags('2', attributes[1][1]).every((one) => one.endsWith('(local)')));
    });
  }
});

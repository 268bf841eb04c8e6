import { strict as assert } from 'node:assert';
import { API_KEY, startStandInMisp, type StandInMisp } from '../../sandbox/misp/server';
import { MispClient } from '../../src/misp/client';
import { namesOf } from '../../src/misp/picker-names';
import { PICKER_SOURCES, searchPicker } from '../../src/misp/pickers';

describe('the live pickers', () => {
  let misp: StandInMisp;
  let client: MispClient;
  before(async () => {
    misp = await startStandInMisp({
      port: 0,
      actionService: { url: 'http://127.0.0.1', port: 1 },
      seedTags: 50000,
    });
  });
  beforeEach(() => {
    client = new MispClient({ url: misp.url, apiKey: API_KEY, verify: true, timeoutMs: 5000 });
  });
  afterEach(() => client.close());
  after(() => misp.close());

  it('find tags by a part of their name, with their colour', async () => {
    const { items, more } = await searchPicker(client, 'tags', 'tlp:r');
    assert.equal(more, false);
    assert.equal(items[0].value, 'tlp:red');
    assert.match(items[0].colour ?? '', /^#[0-9a-f]{6}$/i);
  });

  it('show the first of 50,000, and that there are more', async () => {
    const { items, more } = await searchPicker(client, 'tags', 'seed:');
    assert.equal(items.length, 50);
    assert.equal(more, true);
  });

  it('do not ask MISP for all tags', async () => {
    const before = misp.calls.list.length;
    assert.deepEqual(await searchPicker(client, 'tags', 't'), { items: [], more: true });
    assert.equal(misp.calls.list.length, before);
  });

  it('take any character in a search', async () => {
    for (const text of ['a/b', '100%', 'ü"\'<', '..', 'seed:tag-0001?']) {
      assert.deepEqual((await searchPicker(client, 'tags', text)).items, [], text);
    }
  });

  it('ask MISP once a minute for the same', async () => {
    await searchPicker(client, 'organisations', '');
    const before = misp.calls.list.length;
    await searchPicker(client, 'organisations', '');
    assert.equal(misp.calls.list.length, before);
    await searchPicker(client, 'organisations', 'x');
    assert.equal(misp.calls.list.length, before + 1);
  });

  it('ask again when MISP did not answer', async () => {
    misp.faults.settings = { every: 1, fault: '500' };
    await assert.rejects(searchPicker(client, 'sharing-groups', ''));
    misp.faults.settings = {};
    assert.ok((await searchPicker(client, 'sharing-groups', '')).items.length > 0);
  });

  it('offer galaxies, then their clusters', async () => {
    const { items } = await searchPicker(client, 'clusters', 'ac');
    const galaxy = items.find(({ value }) => value.endsWith('='));
    assert.ok(galaxy);
    const clusters = await searchPicker(client, 'clusters', galaxy.value);
    assert.ok(clusters.items.every(({ value }) => value.startsWith(`${galaxy.value}"`)));
  });

  it('name what was chosen by id, with one call for each organisation', async () => {
    const before = misp.calls.list.length;
    const { items } = await namesOf(client, 'organisations', ['1', '4711', 'no id', '1']);
    assert.deepEqual(items, [{ value: '1', label: 'EXAMPLE-CERT' }]);
    assert.equal(misp.calls.list.length, before + 2);
    const groups = await searchPicker(client, 'sharing-groups', '');
    const names = await namesOf(client, 'sharing-groups', [groups.items[0].value, '4711']);
    assert.deepEqual(names.items, [groups.items[0]]);
  });

  it('know the colours of many chosen tags with one call', async () => {
    const before = misp.calls.list.length;
    const chosen = ['tlp:red', 'tlp:green', 'seed:%', 'my own', 'seed:tag-00077'];
    const { items } = await namesOf(client, 'tags', chosen);
    assert.deepEqual(items.map(({ value }) => value).sort(), ['seed:tag-00077', 'tlp:green', 'tlp:red']);
    for (const { colour } of items) assert.match(colour ?? '', /^#[0-9a-f]{6}$/i);
    assert.equal(misp.calls.list.length, before + 1);
    assert.deepEqual((await namesOf(client, 'clusters', ['threat-actor="X"'])).items, []);
  });

  for (const source of PICKER_SOURCES) {
    it(`know ${source}, and tell no secret of them`, async () => {
      const { items } = await searchPicker(
        client,
        source,
        source === 'tags' ? 'tlp' : source === 'clusters' ? 'ac' : '',
      );
      assert.ok(items.length > 0, source);
      for (const item of items) {
        assert.ok(item.value && item.label);
        assert.deepEqual(
          Object.keys(item).filter((key) => !['value', 'label', 'colour', 'hint'].includes(key)),
          [],
        );
      }
    });
  }
});

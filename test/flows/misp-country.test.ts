import { strict as assert } from 'node:assert';
import type { AttachTags } from '../../src/actions/plan';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, planOf } from '../support/planned';
import { sendJson } from '../support/recorder';

describe('misp-country', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  function answerAsMisp(galaxies = [{ Galaxy: { id: '1', type: 'country' } }]): void {
    const belgium = { value: 'Belgium', tag_name: 'misp-galaxy:country="belgium"' };
    test.recorder.answer = ({ path }, response) =>
      sendJson(response, path === '/galaxies/index' ? galaxies : [{ GalaxyCluster: belgium }]);
  }
  const enriched = () => {
    const attributes = [{ id: '1', event_id: '2', enrichment: [[{ values: ['belgium'] }]] }];
    return { Event: { id: '2', Attribute: attributes, _AttributeFlattened: attributes } };
  };

  it('tags with the clusters that the MISP has for the countries found', async () => {
    await test.deploy('misp-country', { dryRun: true, scope: 'attribute', relationshipType: 'located-in' });
    answerAsMisp();
    const [first] = await test.send({ payload: enriched() });
    const [{ tags, items, local, relationship }] = planOf(first) as AttachTags[];
    assert.deepEqual(
      [tags, items, local, relationship],
      [['misp-galaxy:country="belgium"'], [{ id: '1' }], true, 'located-in'],
    );
    await test.send({ payload: enriched() }, 2);
    assert.deepEqual(test.calls, ['GET /galaxies/index', 'GET /galaxy_clusters/index/1'], 'asked once');
  });

  it('knows the galaxy with and without the prefix', async () => {
    for (const galaxyName of ['country', 'misp-galaxy:country', 'MISP-Galaxy:country', '']) {
      await test.deploy('misp-country', { dryRun: true, galaxyName });
      answerAsMisp();
      const [message] = await test.send({ payload: enriched() });
      assert.deepEqual((planOf(message) as AttachTags[])[0].tags, ['misp-galaxy:country="belgium"']);
    }
  });

  it('says that MISP has no such galaxy', async () => {
    await test.deploy('misp-country', { dryRun: true });
    answerAsMisp([]);
    assert.match(await test.fail({ payload: enriched() }), /no galaxy country/);
  });

  it('tags in MISP, with the clusters that it has', async () => {
    assert.ok(!test.misp.tags.find('misp-galaxy:country="belgium"'), 'MISP has no tag of it yet');
    await test.deploy('misp-country', { scope: 'event' });
    const payload = eventOf(test.misp, '2');
    const [first] = payload.Event._AttributeFlattened ?? [];
    first.enrichment = [[{ values: ['Belgium'] }], [{ values: ['Atlantis'] }]];
    await test.send({ payload });
    const tags = test.misp.events.get('2')?.Tag.map(({ name }) => name);
    assert.deepEqual(tags, ['tlp:green', 'misp-galaxy:country="belgium"']);
  });
});

import { strict as assert } from 'node:assert';
import type { EditAttributes } from '../../src/actions/plan';
import { attributeTemplateOf } from '../../nodes/actions/parts/new-value';
import { MispNodeTest } from '../support/misp-node';
import { eventOf, isWriting, planOf, resultOf } from '../support/planned';
import { soon } from '../support/soon';

describe('misp-attribute', function () {
  this.timeout(30000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());

  /** The fields that would be written to each attribute of event 2. */
  async function planned(settings: object): Promise<object[]> {
    await test.deploy('misp-attribute', { dryRun: true, ...settings });
    const [message] = await test.send({ payload: eventOf(test.misp, '2') });
    const [edit] = planOf(message) as EditAttributes[];
    return edit?.changes.map(({ fields }) => fields) ?? [];
  }
  const filter = {
    selector: 'Event._AttributeFlattened.{n}',
    path: 'type',
    operator: 'equals',
    value: 'domain',
  };

  it('removes the IDS flag from the attributes that the filter leaves', async () => {
    assert.deepEqual(await planned({ change: 'remove', filter }), [{ to_ids: false }]);
    assert.deepEqual(await planned({ change: 'toggle', filter }), [{ to_ids: false }]);
    assert.deepEqual(await planned({ change: 'add', filter }), []);
  });

  it('writes a comment from a template, and shows it to the nodes behind', async () => {
    const value = 'Seen in {{ Event.info }}';
    await test.deploy('misp-attribute', { dryRun: true, change: 'comment', value, filter });
    const payload = eventOf(test.misp, '2');
    await test.send({ payload });
    const domain = payload.Event.Attribute?.find(({ type }) => type === 'domain');
    assert.equal(domain?.comment, `Seen in ${payload.Event.info}`);
    assert.equal(domain?.timestamp, undefined);
  });

  it('sets category, type, value and times, and deletes', async () => {
    assert.deepEqual(await planned({ change: 'category', value: 'Other', filter }), [{ category: 'Other' }]);
    assert.deepEqual(await planned({ change: 'type', value: 'hostname', filter }), [{ type: 'hostname' }]);
    assert.deepEqual(await planned({ change: 'value', value: 'x.example', filter }), [
      { value: 'x.example' },
    ]);
    const first = '2026-01-31T12:00:00Z';
    assert.deepEqual(await planned({ change: 'first_seen', value: first, filter }), [{ first_seen: first }]);
    assert.deepEqual(await planned({ change: 'delete', filter }), [{ deleted: true }]);
  });

  describe('restoring', () => {
    const deleted = (id: string) =>
      test.misp.event(id)?.Attribute.filter((one) => one.deleted === true) ?? [];
    const remove = (id: string, ...indexes: number[]) => {
      for (const index of indexes) test.misp.event(id)!.Attribute[index].deleted = true;
    };
    afterEach(() => {
      for (const id of ['2', '4']) for (const attribute of deleted(id)) attribute.deleted = false;
    });

    it('reads the deleted attributes, which no event shows, and restores each by its number', async () => {
      await test.deploy('misp-attribute', { change: 'restore' });
      remove('2', 0, 1);
      const ids = deleted('2').map(({ id }) => id);
      const payload = { Event: { uuid: test.misp.event('2')?.uuid, Attribute: [], _AttributeFlattened: [] } };
      const [message] = await test.send({ payload });
      assert.equal(resultOf(message).operations[0].state, 'done', 'MISP answers 302');
      assert.deepEqual(deleted('2'), []);
      assert.deepEqual(
        test.recorder.calls.filter(isWriting).map(({ path }) => path),
        ids.map((id) => `/attributes/restore/${id}`),
      );
    });

    it('restores what the filter leaves of them, in an event that came without its attributes too', async () => {
      remove('2', 0, 1);
      const [first] = deleted('2');
      const only = { ...filter, path: 'uuid', value: first.uuid };
      await test.deploy('misp-attribute', { change: 'restore', filter: only });
      await test.send({ payload: { Event: { id: '2', attribute_count: '3' } } });
      assert.equal(deleted('2').length, 1);
      assert.notEqual(deleted('2')[0], first);
    });

    it('says that there is none to restore', async () => {
      const only = { ...filter, path: 'value', value: 'no such value' };
      remove('2', 0);
      for (const [settings, id] of [
        [{}, '4'],
        [{ filter: only }, '2'],
      ] as const) {
        await test.deploy('misp-attribute', { change: 'restore', ...settings });
        assert.match(await test.fail({ payload: eventOf(test.misp, id) }), /no deleted attribute/i);
        assert.deepEqual(test.recorder.calls.filter(isWriting), []);
      }
    });

    it('says what MISP says if it does not restore one', async () => {
      await test.deploy('misp-attribute', { change: 'restore' });
      remove('2', 0);
      test.recorder.answer = ({ path }, response) => {
        if (!path.startsWith('/attributes/restore/')) return false;
        response.writeHead(302, { Location: '/events/index' }).end();
        return true;
      };
      assert.match(await test.fail({ payload: eventOf(test.misp, '2') }), /not known whether/);
    });
  });

  it('sets the distribution, and finds a sharing group by its name', async () => {
    assert.deepEqual(await planned({ change: 'distribution', distribution: '0', filter }), [
      { distribution: '0' },
    ]);
    const group = { change: 'distribution', distribution: '4', filter };
    const [fields] = await planned({ ...group, sharingGroup: ['Harbor logistics circle'] });
    assert.deepEqual(fields, { distribution: '4', sharing_group_id: '1' });
    assert.deepEqual(test.calls, ['GET /sharing_groups/index']);
  });

  it('says what is wrong with a new value', async () => {
    const payload = () => eventOf(test.misp, '2');
    for (const [settings, problem] of [
      [{ change: 'last_seen', value: 'yesterday' }, /yesterday is not a point in time/],
      [{ change: 'value', value: '{{ Event.missing }}' }, /new value is empty/],
      [{ change: 'distribution', distribution: '4' }, /No sharing group is chosen/],
      [
        { change: 'distribution', distribution: '4', sharingGroup: ['none such'] },
        /no sharing group none such/,
      ],
    ] as const) {
      await test.deploy('misp-attribute', { dryRun: true, ...settings });
      assert.match(await test.fail({ payload: payload() }), problem);
    }
  });

  it('changes attributes in MISP, many with one writing call', async () => {
    await test.deploy('misp-attribute', { change: 'comment', value: 'checked' });
    const payload = eventOf(test.misp, '3');
    const [message] = await test.send({ payload });
    assert.deepEqual(
      resultOf(message).operations.map(({ state }) => state),
      ['done'],
    );
    const stored = test.misp.events.get('3')?.Attribute ?? [];
    assert.ok(stored.every(({ comment }) => comment === 'checked'));
    assert.equal(test.recorder.calls.filter(isWriting).length, 1);
    test.clear();
    await test.send({ payload });
    assert.deepEqual(test.calls, []);
  });

  describe('with a template that reads the attribute', () => {
    const enriched = (id: string, value?: string) => ({
      id,
      uuid: `00000000-0000-4000-8000-00000000000${id}`,
      event_id: '2',
      type: 'md5',
      value: `v${id}`,
      comment: '',
      Tag: [],
      _allTags: [],
      ...(value
        ? { enrichment: [{ Object: [{ Attribute: [{ object_relation: 'FileName', value }] }] }] }
        : {}),
    });
    const payloadOf = (list: object[]) => ({
      Event: { id: '2', uuid: 'u', info: 'x', Attribute: list, _AttributeFlattened: list },
    });

    it('renders it for each of them, as three of the blueprints of MISP want it', async () => {
      const value = '[filename] {{ __currentAttribute.enrichment.0.Object.0.Attribute.0.value }}';
      await test.deploy('misp-attribute', { dryRun: true, change: 'comment', value });
      const [message] = await test.send({
        payload: payloadOf([enriched('1', 'a.exe'), enriched('2', 'b.exe')]),
      });
      const [edit] = planOf(message) as EditAttributes[];
      assert.deepEqual(
        edit.changes.map(({ fields }) => fields.comment),
        ['[filename] a.exe', '[filename] b.exe'],
      );
    });

    it('fails as a whole, and writes nothing, where one of them lacks what is read', async () => {
      const value = '{{ __currentAttribute.enrichment.0.Object }}';
      await test.deploy('misp-attribute', { dryRun: true, change: 'comment', value });
      const error = await test.fail({ payload: payloadOf([enriched('1', 'a.exe'), enriched('2')]) });
      assert.match(error, /__currentAttribute\.enrichment is missing/);
    });

    it('takes time in proportion to the attributes, whatever it does', async () => {
      const list = Array.from({ length: 20_000 }, (_, at) => ({ uuid: `u${at}`, value: `v${at}` }));
      const data = payloadOf(list);
      const plain = attributeTemplateOf('{{ __currentAttribute.value }} in {{ Event.info }}');
      await soon(3000, () => {
        const each = plain(data, {}, list.length);
        for (const one of list) assert.equal(each(one), `${one.value} in x`);
      });
      const greedy = attributeTemplateOf(
        '{% for a in Event.Attribute %}{% if a.value == __currentAttribute.value %}x{% endif %}{% endfor %}',
      );
      await soon(10_000, () => {
        const each = greedy(data, {}, list.length);
        assert.throws(() => list.forEach((one) => each(one)), /steps/);
      });
    });
  });

  it('gives templates the address of its MISP, as newer MISPs do', async () => {
    const value = '{{ _env.baseurl }}/events/view/{{ Event.id }}';
    await test.deploy('misp-attribute', { dryRun: true, change: 'comment', value, filter });
    const comment = async (message: object) => {
      test.clear();
      const [sent] = await test.send({ payload: eventOf(test.misp, '2'), ...message });
      const [edit] = planOf(sent) as EditAttributes[];
      return edit.changes[0].fields.comment;
    };
    assert.equal(await comment({}), `${test.recorder.url}/events/view/2`);
    assert.equal(
      await comment({ misp: { env: { baseurl: 'https://m.example' } } }),
      'https://m.example/events/view/2',
    );
    const payload = { ...eventOf(test.misp, '2'), _env: { baseurl: 'https://own.example' } };
    assert.equal(await comment({ payload }), 'https://own.example/events/view/2');
  });
});

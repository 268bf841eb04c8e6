import { strict as assert } from 'node:assert';
import type { MispEvent } from '../../sandbox/misp/model';
import type { AddToEvent } from '../../src/actions/add-to-event';
import type { CreateEvent } from '../../src/actions/create-event';
import type { Created } from '../../src/actions/plan';
import { ANALYST_KEY, READER_KEY } from '../../sandbox/misp/server';
import { until } from '../support/until';
import { MispNodeTest, type NodeSettings, type TestMessage } from '../support/misp-node';
import { isWriting, planOf, resultOf } from '../support/planned';
import { sendJson } from '../support/recorder';

const TYPE = 'misp-event-create';
const addresses = (count: number, from = 0) =>
  Array.from(
    { length: count },
    (_, index) => `10.${(index + from) >> 16}.${((index + from) >> 8) & 255}.${(index + from) & 255}`,
  );
const today = () => {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};

describe('misp-event-create', function () {
  this.timeout(60000);
  let test: MispNodeTest;
  before(async () => {
    test = await MispNodeTest.start();
  });
  after(() => test.stop());
  afterEach(() => {
    test.misp.faults.settings = {};
    for (const id of [...test.misp.events.keys()]) if (Number(id) > 10) test.misp.events.delete(id);
  });

  const start = (settings: NodeSettings = {}) =>
    test.deploy(TYPE, { info: 'Made by a test', attributeType: 'ip-dst', ...settings });
  const createdOf = (message: TestMessage) => resultOf(message).created as Created;
  const create = async (payload: unknown, ms = 20_000) => {
    const before = test.sent.length;
    test.receive({ payload });
    await until(() => test.sent.length > before || test.errors.length > 0, ms);
    assert.deepEqual(test.errors, []);
    const { message } = test.sent[before];
    return { message, created: createdOf(message), event: eventOf(message) };
  };
  const eventOf = ({ payload }: TestMessage): MispEvent => {
    const { uuid, id } = (payload as { Event: { uuid?: string; id?: string } }).Event;
    return test.misp.event(uuid ?? id ?? '') as MispEvent;
  };
  const values = ({ Attribute }: MispEvent) => Attribute.map(({ value }) => value);
  const writes = () =>
    test.recorder.calls.filter(isWriting).map(({ path }) => path.split('/').slice(0, 3).join('/'));

  describe('makes an event', () => {
    it('for the own organisation only, not published, as the form says', async () => {
      await start({
        info: 'From {{ payload | default("us") }}',
        threatLevel: '2',
        analysis: '1',
        tags: ['tlp:amber'],
      });
      const { event, message, created } = await create([
        '192.0.2.1',
        { value: 'evil.example', type: 'domain' },
      ]);
      const { info, distribution, published, threat_level_id, analysis, date, Tag } = event;
      assert.deepEqual(
        { info, distribution, published, threat_level_id, analysis, date, tags: Tag.map(({ name }) => name) },
        {
          info: 'From us',
          distribution: '0',
          published: false,
          threat_level_id: '2',
          analysis: '1',
          date: today(),
          tags: ['tlp:amber'],
        },
      );
      assert.deepEqual(values(event), ['192.0.2.1', 'evil.example']);
      assert.deepEqual(
        event.Attribute.map(({ category, to_ids, distribution: level }) => [category, to_ids, level]),
        [
          ['Network activity', true, '5'],
          ['Network activity', true, '5'],
        ],
      );
      const { id, uuid } = event;
      assert.deepEqual(created, {
        ...{ event: { id, uuid, new: true }, attributes: 2, objects: 0, reports: 0 },
        ...{ there: 0, refusedCount: 0, refused: [] },
      });
      const head = (message.payload as { Event: Record<string, unknown> }).Event;
      assert.deepEqual([head.id, head.uuid, head.published, head.distribution], [id, uuid, false, '0']);
    });

    it('for a sharing group by its name', async () => {
      await start({ distribution: '4', sharingGroup: ['Harbor logistics circle'] });
      const { event } = await create(['192.0.2.1']);
      assert.deepEqual([event.distribution, event.sharing_group_id], ['4', '1']);
    });

    it('for each message, or one for each day, or one of an info', async () => {
      for (const [target, more] of [
        ['new', 2],
        ['day', 1],
        ['info', 1],
      ] as const) {
        const before = test.misp.events.size;
        await start({ target, info: `Of ${target} 100%` });
        await create(['192.0.2.1']);
        const { created, event } = await create(['192.0.2.1', '192.0.2.2']);
        assert.equal(test.misp.events.size, before + more, target);
        assert.deepEqual(
          [created.event.new, created.attributes, created.there],
          target === 'new' ? [true, 2, 0] : [false, 1, 1],
        );
        if (target !== 'new') assert.deepEqual(values(event), ['192.0.2.1', '192.0.2.2']);
      }
    });

    it('once, when two messages come at the same moment', async () => {
      await start({ target: 'day', info: 'Two at once' });
      const before = test.misp.events.size;
      test.receive({ payload: ['192.0.2.1'] });
      test.receive({ payload: ['192.0.2.1', '192.0.2.2'] });
      await until(() => test.sent.length === 2 || test.errors.length > 0);
      assert.deepEqual(test.errors, []);
      assert.equal(test.misp.events.size, before + 1);
      assert.deepEqual(values(eventOf(test.sent[0].message)).sort(), ['192.0.2.1', '192.0.2.2']);
    });

    it('of its own, when another organisation has one of the same info, or it is of another day', async () => {
      await start({ target: 'day', info: 'Same name' });
      const { event } = await create(['192.0.2.1']);
      event.date = '2026-01-01';
      const next = await create(['192.0.2.1']);
      assert.notEqual(next.event.id, event.id);
      next.event.orgc_id = '2';
      const last = await create(['192.0.2.1']);
      assert.ok(![event.id, next.event.id].includes(last.event.id));
    });

    it('not for an empty list', async () => {
      await start();
      for (const payload of [[], undefined, null, '', '\n# nothing today\n']) {
        const before = test.misp.events.size;
        test.clear();
        const [message] = await test.send({ payload });
        assert.deepEqual(
          [resultOf(message).operations, test.misp.events.size, test.calls.length],
          [[], before, 0],
        );
      }
    });
  });

  describe('adds to an event that is there', () => {
    it('by id and by uuid, also from the message', async () => {
      const { uuid } = test.misp.event('2') as MispEvent;
      const ways: [event: string, eventType: string, value: string][] = [
        ['2', 'str', '198.51.100.20'],
        [uuid.toUpperCase(), 'str', '198.51.100.21'],
        ['number', 'msg', '198.51.100.22'],
      ];
      for (const [event, eventType, value] of ways) {
        await start({ target: 'existing', event, eventType });
        const [sent] = await test.send({ payload: [value], number: 2 });
        assert.ok(values(test.misp.event('2') as MispEvent).includes(value));
        const { event: named } = createdOf(sent);
        assert.deepEqual([named.id, named.new], ['2', false]);
        assert.deepEqual(writes(), ['/attributes/add']);
      }
    });

    it('not to one that is none, is not there or belongs to others', async () => {
      await start({ target: 'existing', event: '../users', eventType: 'str' });
      assert.match(
        await test.fail({ payload: ['192.0.2.1'] }),
        /"\.\.\/users" is neither the id nor the uuid/,
      );
      await start({ target: 'existing', event: '4711', eventType: 'str' });
      assert.match(await test.fail({ payload: ['192.0.2.1'] }), /Invalid event/);
      await start({ target: 'existing', event: '2', eventType: 'str', key: READER_KEY });
      assert.match(await test.fail({ payload: ['192.0.2.1'] }), /permission/);
    });
  });

  describe('reads', () => {
    const planned = async (payload: unknown, settings: NodeSettings = {}) => {
      await start({ dryRun: true, ...settings });
      const [message] = await test.send({ payload });
      const [made, added] = planOf(message) as [CreateEvent, AddToEvent];
      return { made, added, created: createdOf(message), message };
    };

    it('tables whose columns and types are called otherwise', async () => {
      const rows = [
        { indicator: '192.0.2.1', kind: 'IPv4', note: 'seen', ids: 'no', marks: 'tlp:green, a:b="c, d"' },
        { indicator: 'd41d8cd98f00b204e9800998ecf8427e', kind: 'md5', note: '', ids: '', marks: '' },
      ];
      const columns = Object.entries({
        value: 'indicator',
        type: 'kind',
        comment: 'note',
        to_ids: 'ids',
        tags: 'marks',
      });
      const { added } = await planned(rows, {
        attributeType: '',
        columns: columns.map(([name, value]) => ({ name, value })),
        types: [{ name: 'ipv4', value: 'ip-dst' }],
        comment: 'from the table',
        attributeTags: ['osint'],
      });
      const rest = added.attributes.map(({ type, value, comment, to_ids, category, Tag = [] }) => [
        type,
        value,
        comment,
        to_ids,
        category,
        Tag.map(({ name }) => name),
      ]);
      assert.deepEqual(rest, [
        ['ip-dst', '192.0.2.1', 'seen', false, 'Network activity', ['tlp:green', 'a:b="c, d"', 'osint']],
        ['md5', 'd41d8cd98f00b204e9800998ecf8427e', 'from the table', true, 'Payload delivery', ['osint']],
      ]);
      await start({ columns: [{ name: 'colour', value: 'x' }] });
      assert.match(await test.fail({ payload: ['192.0.2.1'] }), /colour is no field of an attribute/);
    });

    it('lines of a text, lists by name, and what another node has found', async () => {
      assert.deepEqual(
        (await planned('# a feed\n192.0.2.1\r\n\n192.0.2.2\n')).added.attributes.map(({ value }) => value),
        ['192.0.2.1', '192.0.2.2'],
      );
      const { Attribute } = test.misp.event('2') as MispEvent;
      const { added } = await planned({ Event: { Attribute: structuredClone(Attribute), Tag: [] } });
      assert.equal(added.attributes.length, Attribute.length);
      const { added: lists } = await planned({
        attributes: ['192.0.2.1'],
        reports: [{ name: 'a', content: '# b' }],
      });
      assert.deepEqual([lists.attributes.length, lists.reports.length], [1, 1]);
    });

    it('objects by their templates, and says what these require', async () => {
      const { added, created } = await planned([
        { name: 'domain-ip', attributes: { domain: 'evil.example', ip: ['192.0.2.1', '192.0.2.2'] } },
        { name: 'domain-ip', attributes: { domain: 'evil.example', ip: ['192.0.2.2', '192.0.2.1'] } },
        { name: 'domain-ip', attributes: { text: 'neither' } },
        { name: 'domain-ip', attributes: { ip: 'no address' } },
        { name: 'domain-ip', attributes: { colour: 'red' } },
        { name: 'no-such-template', attributes: { a: 'b' } },
        { name: '../../users', attributes: { a: 'b' } },
        { name: 'domain-ip', attributes: {} },
        { name: 'domain-ip', attributes: { domain: 'x' }, references: [{ uuid: 'x' }] },
      ]);
      const [{ name, template_uuid, Attribute, distribution }] = added.objects;
      assert.deepEqual(
        [name, template_uuid, distribution],
        ['domain-ip', '43b3b146-77eb-4931-b4cc-b66c60f28734', '5'],
      );
      assert.deepEqual(
        Attribute.map(({ type, object_relation }) => [type, object_relation]),
        [
          ['domain', 'domain'],
          ['ip-dst', 'ip'],
          ['ip-dst', 'ip'],
        ],
      );
      assert.deepEqual([created.objects, created.there], [1, 1]);
      const said = created.refused.map(({ row, problem }) => `${row} ${problem}`);
      for (const [index, words] of [
        /^3 .*must have one of ip, domain/,
        /^4 .*ip: no address is no IP address/,
        /^5 .*no attribute colour/,
        /^6 MISP has no object template no-such-template/,
        /^7 MISP has no object template/,
        /^8 .*has no attributes/,
        /^9 .*uuid of what it refers to/,
      ].entries())
        assert.match(said[index], words);
      assert.deepEqual(writes(), []);
    });

    it('objects and reports, and saves them', async () => {
      await start();
      const payload = [
        { name: 'domain-ip', attributes: { domain: 'evil.example', ip: '192.0.2.1' } },
        { name: 'What we saw', content: '# Report\n<script>alert(1)</script>' },
        '192.0.2.9',
      ];
      const { event, created, message } = await create(payload);
      assert.deepEqual([created.attributes, created.objects, created.reports], [1, 1, 1]);
      assert.equal(event.Object[0].Attribute.length, 2);
      assert.equal(
        (event.EventReport as { content: string }[])[0].content,
        '# Report\n<script>alert(1)</script>',
      );
      assert.deepEqual(writes(), ['/events/add', '/attributes/add', '/events/edit']);
      assert.equal(
        resultOf(message).operations.every(({ state }) => state === 'done'),
        true,
      );
      await start({ target: 'existing', event: event.id, eventType: 'str' });
      const again = await create(payload);
      assert.deepEqual([again.created.there, again.created.objects, again.event.Object.length], [3, 0, 1]);
      assert.deepEqual(writes(), []);
    });

    it('who sees an object or a report, and when an object was seen', async () => {
      await start();
      const { event } = await create([
        {
          ...{ name: 'domain-ip', distribution: 4, sharing_group_id: 1, first_seen: '2026-01-02T03:04:05Z' },
          attributes: { domain: 'evil.example' },
        },
        { name: 'What we saw', content: '# Report', distribution: '0' },
      ]);
      const edit = test.recorder.calls.find(({ path }) => path.startsWith('/events/edit'));
      const { Event } = edit?.body as { Event: Record<'Object' | 'EventReport', Record<string, unknown>[]> };
      const [{ distribution, sharing_group_id, first_seen }] = Event.Object;
      assert.deepEqual([distribution, sharing_group_id, first_seen], ['4', '1', '2026-01-02T03:04:05Z']);
      assert.equal((event.EventReport as { distribution: string }[])[0].distribution, '0');
      const { created } = await create([
        { name: 'domain-ip', distribution: 9, attributes: { domain: 'other.example' } },
        { name: 'a', content: 'b', distribution: 'all' },
        '192.0.2.1',
      ]);
      assert.deepEqual(
        created.refused.map(({ row, problem }) => `${row} ${problem.split(' ')[0]}`),
        ['1 9', '2 all'],
      );
    });

    it('uuids in capitals, and takes what has a known uuid for the same thing', async () => {
      const uuid = (last: number) => `5CC5A8E9-D7F0-4E03-B1B3-00000000000${last}`;
      await start({ target: 'info', info: 'By uuid' });
      const rows = (value: string) => [
        { value, uuid: uuid(1) },
        { name: 'domain-ip', uuid: uuid(2), attributes: { ip: value } },
        { name: 'a', content: value, uuid: uuid(3) },
      ];
      const { created, event } = await create(rows('192.0.2.1'));
      assert.deepEqual([created.attributes, created.objects, created.reports], [1, 1, 1]);
      assert.deepEqual(
        [event.Attribute[0].uuid, event.Object[0].uuid],
        [uuid(1).toLowerCase(), uuid(2).toLowerCase()],
      );
      test.recorder.calls.length = 0;
      const again = await create(rows('192.0.2.2'));
      assert.deepEqual([again.created.there, again.created.refusedCount, writes()], [3, 0, []]);
      assert.deepEqual(values(again.event), ['192.0.2.1']);
    });

    it('what a row says of itself, and names each row that MISP would not take', async () => {
      const bad: [unknown, RegExp][] = [
        [{ value: 'x', type: 'nosuchtype' }, /no attribute type nosuchtype/],
        [{ value: 'x', type: '__proto__' }, /no attribute type __proto__/],
        [{ value: 'x', type: 'constructor' }, /no attribute type constructor/],
        [{ value: 'x', type: 'md5', category: 'Person' }, /no attributes of type md5 in a category Person/],
        [{ value: 'x', type: 'text', category: '__proto__' }, /category __proto__/],
        ['not an address', /no IP address/],
        ['192.0.2.1/33', /no IP address/],
        [{ value: ' ' }, /no value/],
        [{ value: { deep: 1 } }, /no value/],
        [null, /no value/],
        [['192.0.2.1'], /no value/],
        [{ value: 'a.example', type: 'domain', distribution: '9' }, /9 is no distribution/],
        [{ value: 'a.example', type: 'domain', distribution: '4' }, /4 is no distribution/],
        [{ value: 'a.example', type: 'domain', to_ids: 'maybe' }, /to_ids is maybe/],
        [{ name: 'report', content: '' }, /report needs a name and a content/],
        [{ colour: 'red', size: 1 }, /Its keys are colour, size/],
        [{ value: 'x'.repeat(1_000_000), type: 'text' }, /longer than the 65535 bytes/],
        [{ value: 'ü'.repeat(40_000), type: 'text' }, /longer than the 65535 bytes/],
        [JSON.parse('{"__proto__": {"value": "192.0.2.1"}}'), /Its keys are __proto__/],
      ];
      const { added, created } = await planned([
        '192.0.2.1',
        '2001:db8::/32',
        '192.0.2.1 ',
        ...bad.map(([row]) => row),
      ]);
      assert.deepEqual(
        added.attributes.map(({ value }) => value),
        ['192.0.2.1', '2001:db8::/32'],
      );
      assert.equal(created.there, 1);
      assert.equal(created.refusedCount, bad.length);
      for (const [index, [, words]] of bad.entries()) {
        assert.equal(created.refused[index].row, index + 4);
        assert.match(created.refused[index].problem, words);
        assert.ok(created.refused[index].what.length <= 101);
      }
      assert.equal(({} as { value?: string }).value, undefined);
    });

    it('templates and markup as the texts that they are', async () => {
      const hostile = [
        '{{ 7 * 7 }}',
        '<img src=x onerror=alert(1)>',
        "'; DROP TABLE events; --",
        '\u202e\u0000x',
      ];
      await start({ attributeType: 'text' });
      const { event } = await create(hostile);
      assert.deepEqual(
        values(event),
        hostile.map((value) => value.trim()),
      );
    });
  });

  describe('in bulk', () => {
    it('10,000 attributes, half of them invalid: at most 12 calls, each invalid one named', async () => {
      await start({ target: 'day', info: 'Bulk', timeout: 30 });
      const rows = addresses(5000).flatMap((value, index) => [
        value,
        { value: `bad ${index}`, type: index % 2 ? 'ip-src' : 'nosuchtype' },
      ]);
      const { event, created } = await create(rows);
      assert.ok(test.calls.length <= 12, String(test.calls.length));
      assert.deepEqual(
        [event.Attribute.length, created.attributes, created.refusedCount],
        [5000, 5000, 5000],
      );
      assert.deepEqual(
        created.refused.map(({ what }) => what.split(' ').pop()),
        Array.from({ length: 5000 }, (_, index) => String(index)),
      );
      assert.deepEqual(
        created.refused.map(({ row }) => row),
        Array.from({ length: 5000 }, (_, index) => 2 * index + 2),
      );
      assert.ok(JSON.stringify(created).length < 2_000_000);
    });

    it('10,000 that are all valid for us, half of them not for MISP: the same', async () => {
      await start({ target: 'day', info: 'Bulk for MISP', attributeType: 'md5', timeout: 30 });
      test.recorder.answer = ({ path, body }, response) => {
        if (!path.startsWith('/attributes/add')) return false;
        const event = test.misp.event(path.split('/')[3]) as MispEvent;
        const list = body as { value: string; uuid: string; type: string; category: string }[];
        const errors: Record<string, unknown> = {};
        const Attribute = list.flatMap((row, index) => {
          if (/^\d+$/.test(row.value)) {
            const added = {
              ...row,
              id: String(100_000 + event.Attribute.length),
              event_id: event.id,
              object_id: '0',
              timestamp: '1',
            };
            event.Attribute.push(added);
            return added;
          }
          errors[`attribute_${index}`] = { value: ['Checksum has an invalid length or format.'] };
          return [];
        });
        return sendJson(response, { Attribute, AttributeTag: [], errors });
      };
      const rows = Array.from({ length: 10_000 }, (_, index) => (index % 2 ? `bad${index}` : String(index)));
      const { event, created } = await create(rows);
      assert.ok(test.calls.length <= 12, String(test.calls.length));
      assert.deepEqual(
        [event.Attribute.length, created.attributes, created.refusedCount],
        [5000, 5000, 5000],
      );
      assert.deepEqual(
        created.refused.map(({ row }) => row),
        Array.from({ length: 5000 }, (_, index) => 2 * index + 2),
      );
      assert.match(created.refused[0].problem, /Checksum has an invalid length/);
    });

    it('10,000 valid ones: at most 12 calls, and none of them when they come again', async () => {
      await start({ target: 'day', info: 'All valid', timeout: 30 });
      const { event, created } = await create(addresses(10_000));
      assert.ok(test.calls.length <= 12, String(test.calls.length));
      assert.deepEqual([event.Attribute.length, created.attributes], [10_000, 10_000]);
      test.recorder.calls.length = 0;
      const again = await create(addresses(10_000));
      assert.deepEqual([again.created.attributes, again.created.there, writes()], [0, 10_000, []]);
    });

    it('100,000 rows, most of them nonsense, without holding up Node-RED', async () => {
      await start({ timeout: 30 });
      const rows = Array.from({ length: 100_000 }, (_, index) =>
        index % 1000 ? `nonsense ${index}` : `10.0.${index / 1000}.1`,
      );
      let longest = 0;
      let last = Date.now();
      const watch = setInterval(() => {
        longest = Math.max(longest, Date.now() - last);
        last = Date.now();
      }, 10);
      const { created } = await create(rows);
      clearInterval(watch);
      assert.deepEqual(
        [created.attributes, created.refusedCount, created.refused.length],
        [100, 99_900, 10_000],
      );
      assert.ok(longest < 1000, `${longest} ms`);
      assert.match(await test.fail({ payload: [...rows, 'one more'] }), /100001 rows, more than 100000/);
    });

    it('samples of malware: MISP zips those that are not zipped yet', async () => {
      await start({ dryRun: true });
      const zip = Buffer.from('PK\u0003\u0004 and so on');
      const rows = [
        ...[Buffer.from('MZ'), Buffer.from('MZ').toString('base64'), zip, zip.toString('base64')],
      ].map((data, index) => ({ value: `${index}.bin`, type: 'malware-sample', data }));
      const [message] = await test.send({
        payload: [...rows, { value: 'a.txt', type: 'filename', data: 'TVo=' }],
      });
      const [, added] = planOf(message) as [CreateEvent, AddToEvent];
      assert.deepEqual(
        added.attributes.map(({ encrypt, data }) => [encrypt, data?.slice(0, 4)]),
        [
          [true, 'TVo='],
          [true, 'TVo='],
          [undefined, 'UEsD'],
          [undefined, 'UEsD'],
          [undefined, 'TVo='],
        ],
      );
    });

    it('files by their size, not only by their number', async () => {
      await start({ timeout: 30 });
      const rows = Array.from({ length: 5 }, (_, index) => ({
        value: `${index}.bin`,
        type: 'malware-sample',
        data: Buffer.alloc(2_500_000, 65),
      }));
      await create(rows);
      assert.equal(writes().filter((path) => path === '/attributes/add').length, 3);
    });
  });

  describe('when something goes wrong', () => {
    it('says how many rows are left out, fails when none is left, or when none may be', async () => {
      await start();
      const before = test.misp.events.size;
      assert.match(
        await test.fail({ payload: ['a', 'b'] }),
        /None of the 2 rows can be saved\. The first: row 1 \(a\): a is no IP address/,
      );
      await start({ refusedRows: 'error' });
      assert.match(
        await test.fail({ payload: ['192.0.2.1', 'b'] }),
        /1 rows cannot be saved\. The first: row 2 \(b\)/,
      );
      assert.deepEqual([test.misp.events.size, writes()], [before, []]);
    });

    it('a lost answer is said, what was written is known, and a repetition adds the rest only', async () => {
      await start({ target: 'info', info: 'Lost answers', onFailure: 'continue' });
      test.misp.faults.settings = { every: 2, fault: 'close-after', only: /attributes\/add/, once: true };
      test.receive({ payload: addresses(5000) });
      await until(() => test.errors.length > 0 && test.sent.length > 0, 20_000);
      assert.match(test.errors[0], /answer was lost.*2000 of 2000 things were added all the same/);
      const event = [...test.misp.events.values()].at(-1) as MispEvent;
      const created = createdOf(test.sent[0].message);
      assert.deepEqual([event.Attribute.length, created.attributes, created.refusedCount], [5000, 5000, 0]);
      test.clear();
      test.misp.faults.settings = {};
      const again = await create(addresses(5000));
      assert.deepEqual(
        [again.created.attributes, again.created.there, again.event.Attribute.length],
        [0, 5000, 5000],
      );
    });

    it('a MISP that goes away half-way: what was written is said, and the rest comes with a repetition', async () => {
      await start({ target: 'info', info: 'Half-way', onFailure: 'continue' });
      let adds = 0;
      test.recorder.answer = ({ path }, response) => {
        if (path.startsWith('/attributes/add')) adds += 1;
        if (adds < 2) return false;
        response.socket?.destroy();
        return true;
      };
      test.receive({ payload: addresses(5000) });
      await until(() => test.errors.length > 0 && test.sent.length > 0, 20_000);
      const event = [...test.misp.events.values()].at(-1) as MispEvent;
      const { attributes, there, refusedCount } = createdOf(test.sent[0].message);
      assert.deepEqual([event.Attribute.length, attributes, there, refusedCount], [2000, 2000, 0, 0]);
      assert.match(test.errors[0], /3000 things were not done/);
      test.clear();
      await start({ target: 'info', info: 'Half-way' });
      const again = await create(addresses(5000));
      assert.deepEqual([again.created.attributes, again.created.there], [3000, 2000]);
      assert.equal(new Set(values(event)).size, 5000);
      assert.equal(event.Attribute.length, 5000);
    });

    it('an event whose making was not answered is made once', async () => {
      await start();
      test.misp.faults.settings = { every: 1, fault: 'close-after', only: /events\/add/, once: true };
      const before = test.misp.events.size;
      const { created, event } = await create(['192.0.2.1']);
      assert.deepEqual(
        [test.misp.events.size, created.event.new, values(event)],
        [before + 1, true, ['192.0.2.1']],
      );
    });

    it('a tag that MISP leaves out, and a distribution that it changes, are errors', async () => {
      const answer = (change: (event: Record<string, unknown>) => void) => {
        test.recorder.answer = ({ path, body }, response) => {
          if (path !== '/events/add') return false;
          const { Event } = body as { Event: Record<string, unknown> };
          const event = { ...Event, id: '99', Tag: [] };
          change(event);
          return sendJson(response, { Event: event });
        };
      };
      await start({ tags: ['tlp:red'] });
      answer(() => undefined);
      assert.match(await test.fail({ payload: ['192.0.2.1'] }), /tag tlp:red/);
      await start();
      answer((event) => (event.distribution = '3'));
      assert.match(
        await test.fail({ payload: ['192.0.2.1'] }),
        /not changed this of the event: distribution/,
      );
    });

    it('galaxy clusters are attached whose tags MISP has not made yet', async () => {
      const cluster = 'misp-galaxy:country="belgium"';
      const tags = ['tlp:green', cluster, 'misp-galaxy:country="atlantis"'];
      await start({ key: ANALYST_KEY, tags, onFailure: 'continue' });
      test.receive({ payload: ['192.0.2.1'] });
      await until(() => test.sent.length > 0 && test.errors.length > 0);
      assert.match(test.errors[0], /no galaxy cluster misp-galaxy:country="atlantis"/);
      const { uuid = '' } = createdOf(test.sent[0].message).event;
      const { Tag, Attribute } = test.misp.event(uuid) as MispEvent;
      assert.deepEqual([Tag.map(({ name }) => name).sort(), Attribute.length], [[cluster, 'tlp:green'], 1]);
    });

    it('tags of attributes that MISP leaves out are an error; what was added is told', async () => {
      const ip = { value: '192.0.2.1', tags: ['tlp:green', 'no such tag'] };
      const more = [
        { value: '192.0.2.2', tags: 'no such tag' },
        { name: 'domain-ip', attributes: { ip: { value: '192.0.2.3', Tag: [{ name: 'nor this' }] } } },
      ];
      await start({ key: ANALYST_KEY, onFailure: 'continue' });
      for (const [payload, count] of [
        [[ip], 1],
        [[ip, ...more], 2],
      ] as const) {
        test.clear();
        test.receive({ payload });
        await until(() => test.sent.length > 0 && test.errors.length > 0);
        assert.match(test.errors[0], new RegExp(`left the tag no such tag out of ${count} new attributes`));
        const created = createdOf(test.sent[0].message);
        assert.deepEqual([created.attributes, created.there, created.refusedCount], [count, 0, 0]);
        assert.equal(resultOf(test.sent[0].message).operations[1].state, 'partial');
      }
    });

    it('a MISP whose types cannot be read is an error, and nothing is written', async () => {
      for (const body of [{}, { result: {} }, { result: { sane_defaults: [] } }, []]) {
        await start();
        test.recorder.answer = ({ path }, response) =>
          path === '/attributes/describeTypes' && sendJson(response, body);
        assert.match(await test.fail({ payload: ['192.0.2.1'] }), /types of attributes/);
        assert.deepEqual(writes(), []);
      }
    });
  });

  it('only says in a dry run what it would do', async () => {
    await start({ dryRun: true, target: 'day', info: 'Dry' });
    const before = test.misp.events.size;
    const [message] = await test.send({ payload: ['192.0.2.1', 'nonsense'] });
    const [made, added] = planOf(message) as [CreateEvent, AddToEvent];
    assert.deepEqual(
      [made.do, made.fields.info, made.fields.distribution, added.attributes.length],
      ['create-event', 'Dry', '0', 1],
    );
    const { event, attributes, refusedCount } = createdOf(message);
    assert.deepEqual([event.new, event.id, attributes, refusedCount], [true, undefined, 1, 1]);
    assert.deepEqual([test.misp.events.size, writes()], [before, []]);
  });
});

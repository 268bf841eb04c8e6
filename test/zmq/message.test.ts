import assert from 'node:assert/strict';
import { hideSecrets } from '../../src/triggers/secret-texts';
import { readMessage } from '../../src/zmq/message';
import { prefixesOf, TOPICS, topicOf } from '../../src/zmq/topics';
import { frames } from '../support/zmq';

const read = (name: string) => readMessage(Buffer.from(frames[name]));
const refused = (frame: string | Buffer) => {
  try {
    readMessage(Buffer.from(frame as string));
  } catch (error) {
    return (error as { key?: string }).key;
  }
  return undefined;
};
interface Core {
  Event: { id?: string; published?: boolean; _AttributeFlattened: { value: string; _allTags: object[] }[] };
}

describe('a message of ZeroMQ', () => {
  it('is read from every recorded frame of every topic', () => {
    const topics = new Set<string>();
    for (const [name, frame] of Object.entries(frames)) {
      const { topic, data } = read(name);
      assert.ok(name.startsWith(`${topic}.`), name);
      assert.ok(typeof data === 'object' && data !== null, name);
      assert.equal(topicOf(Buffer.from(frame)), topic);
      topics.add(topic);
    }
    assert.deepEqual([...topics].sort(), [...TOPICS].sort());
    assert.equal(Object.keys(frames).length, 95);
  });

  it('carries events, attributes and objects in core format', () => {
    for (const [name, frame] of Object.entries(frames)) {
      const { topic, data } = read(name);
      if (!/^misp_json(_event|_attribute|_object|_sighting)?$/.test(topic)) continue;
      const { Event: event } = data as Core;
      assert.ok(Array.isArray(event._AttributeFlattened), name);
      const { Event: sent } = JSON.parse(frame.slice(topic.length + 1)) as { Event?: { id: string } };
      if (sent) assert.equal(event.id, sent.id, name);
      for (const attribute of event._AttributeFlattened) assert.ok(Array.isArray(attribute._allTags), name);
    }
    assert.equal((read('misp_json_attribute.edit').data as Core).Event._AttributeFlattened.length, 1);
    assert.equal(
      (read('misp_json_sighting.add').data as Core).Event._AttributeFlattened[0].value,
      '203.0.113.45',
    );
  });

  it('names the action, and the right one for users', () => {
    assert.equal(read('misp_json_attribute.soft-delete').action, 'soft-delete');
    assert.equal(read('misp_json_tag.attached-to-event').action, 'attached to event');
    assert.equal(read('misp_json.publish').action, undefined);
    const added = read('misp_json_user.admin-add');
    assert.equal(added.action, 'add');
    assert.equal((added.data as { action: string }).action, 'add');
    assert.equal(read('misp_json_user.admin-edit').action, 'edit');
    assert.equal(read('misp_json_user.login').action, 'login');
  });

  it('has no API key of the audit log', () => {
    const { Log: log } = read('misp_json_audit.user-add').data as { Log: { change: string } };
    assert.doesNotMatch(log.change, /0123456789abcdefghij/);
    assert.match(
      log.change,
      /last_pw_change \(\) => \(\d+\), authkey \(\) => \(removed\), date_modified \(\) =>/,
    );
    for (const name of Object.keys(frames)) {
      assert.ok(!JSON.stringify(read(name).data).includes('0123456789abcdefghij'), name);
    }
  });

  it('has no keys and passwords, wherever they stand', () => {
    const frame = `misp_json_user ${JSON.stringify({ User: { email: 'a', authkey: 'k', password: 'p' } })}`;
    assert.deepEqual(readMessage(Buffer.from(frame)).data, { User: { email: 'a' } });
    const log = { AuditLog: { change: { authkey: ['old', 'new'], autoalert: [0, 1] } }, action: 'log' };
    const audit = readMessage(Buffer.from(`misp_json_audit ${JSON.stringify(log)}`));
    assert.deepEqual(audit.data, { AuditLog: { change: { autoalert: [0, 1] } }, action: 'log' });
  });

  it('is refused if it is broken, and the error does not quote it', () => {
    assert.equal(refused('misp_json_event {"Event": {"info": "half'), 'zmq.notJson');
    assert.equal(refused('misp_json_event '), 'zmq.notJson');
    assert.equal(refused('misp_json_event'), 'zmq.noTopic');
    assert.equal(refused(''), 'zmq.noTopic');
    assert.equal(refused('other {}'), 'zmq.noTopic');
    assert.equal(refused(`${'misp_json'.padEnd(200, 'x')} {}`), 'zmq.noTopic');
    const bytes = Buffer.concat([
      Buffer.from('misp_json {"a":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    assert.equal(refused(bytes), 'zmq.notUtf8');
    assert.equal(refused(`misp_json ${'['.repeat(300)}`), 'zmq.tooDeep');
    assert.equal(refused(`misp_json ${'['.repeat(5_000_000)}`), 'zmq.tooDeep');
    assert.throws(
      () => readMessage(Buffer.from('misp_json_user {"password": "hunter2" x')),
      (error: Error) => !error.message.includes('hunter2'),
    );
  });

  it('reaches no prototype', () => {
    const json = '{"Event":{"id":"1","__proto__":{"polluted":1}},"\\u005f_proto__":{"polluted":1}}';
    const { data } = readMessage(Buffer.from(`misp_json ${json}`));
    assert.ok(!JSON.stringify(data).includes('polluted'));
    assert.equal((data as { polluted?: number }).polluted, undefined);
    assert.deepEqual(readMessage(Buffer.from('misp_json_self null')).data, null);
  });

  it('takes values that are no event as they are', () => {
    const { data } = readMessage(Buffer.from('misp_json_workflow ["tlp:red","x"]'));
    assert.deepEqual(data, ['tlp:red', 'x']);
    assert.deepEqual(readMessage(Buffer.from('misp_json {"Event":"x"}')).data, { Event: 'x' });
  });
});

describe('texts with secrets', () => {
  for (const [text, expected] of [
    ['authkey () => (abc)', 'authkey () => (removed)'],
    ['a (1) => (2), authkey (x) => (y), b () => (3)', 'a (1) => (2), authkey () => (removed), b () => (3)'],
    ['Plugin.ZeroMQ_password (a) => (b)', 'Plugin.ZeroMQ_password () => (removed)'],
    [
      'Request body: {"email":"e","password":"p w","n":1}',
      'Request body: {"email":"e","password":"(removed)","n":1}',
    ],
    ['{"password":"p\\"w\\\\","n":1}', '{"password":"(removed)","n":1}'],
    ['{"password":"cut o', '{"password":"(removed)"'],
    ['{\\"password\\":\\"p\\\\\\"w\\",\\"n\\":1}', '{\\"password\\":"(removed)",\\"n\\":1}'],
    ['x {\\"password\\": \\"p\\"}', 'x {\\"password\\": "(removed)"}'],
    ['data[User][password]=abc&data[User][email]=e', 'data[User][password]=(removed)&data[User][email]=e'],
    ['info () => (a token of thanks)', 'info () => (a token of thanks)'],
  ]) {
    it(`hides them in ${text}`, () => assert.equal(hideSecrets(text), expected));
  }

  it('takes linear time', () => {
    const started = Date.now();
    for (const part of [
      '), authkey (',
      '"password":"',
      'passwordpassword',
      '), a (',
      '"password" : \\"x\\"',
      'token=',
    ]) {
      hideSecrets(part.repeat(20_000));
    }
    assert.ok(Date.now() - started < 2000);
  });
});

describe('a topic', () => {
  it('is subscribed to with its space, or with all others', () => {
    assert.deepEqual(prefixesOf(['misp_json', 'misp_json_tag'], false), ['misp_json ', 'misp_json_tag ']);
    assert.deepEqual(prefixesOf(['misp_json_tag'], true), ['misp_json']);
  });
});

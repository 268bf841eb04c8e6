import { strict as assert } from 'node:assert';
import type { MispOperation } from '../../src/actions/plan';
import { OwnQuestions } from '../../src/echo/own-questions';
import { OwnWrites } from '../../src/echo/own-writes';
import { thingOf } from '../../src/echo/things';
import { Write } from '../../src/echo/write';
import { reflect } from '../../src/misp/reflect';
import recorded from '../fixtures/triggers/attribute-after-save.edit.json';

type Row = Record<string, unknown>;
interface Data {
  Event: Row & { Attribute: Row[]; _AttributeFlattened?: unknown };
}

/** As MISP tells it, the flattened list being the attributes themselves. */
function received(): Data {
  const data = structuredClone(recorded.request.body.data) as unknown as Data;
  data.Event._AttributeFlattened = data.Event.Attribute;
  return data;
}
const now = () => Math.floor(Date.now() / 1000);
const clock = (moment: number) => moment / 1000;

/** Carries out an operation on the data, as far as the data shows it. */
function carriedOut(operation: MispOperation, answer?: (write: Write, row: Row) => void) {
  const memory = { writes: new OwnWrites(), questions: new OwnQuestions() };
  const data = received();
  const write = new Write(memory, [operation], data, clock);
  answer?.(write, structuredClone(data.Event.Attribute[0]));
  const results = [{ operation, state: 'done' as const }];
  reflect(data, results);
  write.end(results);
  return memory.writes;
}

const { id, uuid } = received().Event.Attribute[0] as { id: string; uuid: string };
const event = { id: '1', uuid: '091b3ba9-7144-478d-ae4b-aa4b734b2703' };
const tag: MispOperation = {
  do: 'attach-tags',
  ...{ scope: 'attribute', event, items: [{ id, uuid }], tags: ['lab:seen'], local: false },
};
const edit: MispOperation = {
  do: 'edit-attributes',
  event,
  changes: [{ item: { id, uuid }, fields: { comment: 'seen' } }],
};

/** The attribute as MISP tells of it afterwards. */
function told(change: (row: Row) => void, timestamp: number | string = now()) {
  const data = received();
  const [row] = data.Event.Attribute;
  row.timestamp = timestamp;
  change(row);
  return thingOf('attribute-after-save', data)!;
}
const withTag = (row: Row) => (row.Tag as Row[]).push({ name: 'lab:seen', local: false });
const withComment = (row: Row) => (row.comment = 'seen');

describe('a write, as MISP tells of it', () => {
  it('that MISP answers with a word only is known by what the data shows and the time of the call', () => {
    assert.equal(carriedOut(tag).accounts(told(withTag), 'one'), true);
    assert.equal(carriedOut(tag).accounts(told(withTag, now() - 60), 'one'), false);
    assert.equal(carriedOut(tag).accounts(told(withTag, now() + 60), 'one'), false);
  });

  it('is not that of somebody else who changed another field meanwhile', () => {
    const both = told((row) => {
      withTag(row);
      row.value = '203.0.113.99';
    });
    assert.equal(carriedOut(tag).accounts(both, 'one'), false);
    assert.equal(
      carriedOut(tag).accounts(
        told(() => undefined),
        'one',
      ),
      false,
    );
  });

  it('leaves the timestamp of a thing alone where nothing travels: a local tag', () => {
    const local = { ...tag, local: true } as MispOperation;
    const { timestamp } = received().Event.Attribute[0] as { timestamp: string };
    const tagged = (row: Row) => (row.Tag as Row[]).push({ name: 'lab:seen', local: true });
    assert.equal(carriedOut(local).accounts(told(tagged, timestamp), 'one'), true);
    assert.equal(carriedOut(local).accounts(told(withTag, timestamp), 'one'), false);
  });

  it('that changed nothing is no cover for what others saved before', () => {
    const { timestamp } = received().Event.Attribute[0] as { timestamp: string };
    const same = { ...edit, changes: [{ item: { id, uuid }, fields: {} }] } as MispOperation;
    assert.equal(
      carriedOut(same).accounts(
        told(() => undefined, timestamp),
        'one',
      ),
      false,
    );
  });

  it('that MISP answers with the thing is known to the second', () => {
    const second = now();
    const answered = carriedOut(edit, (write, row) =>
      write.saved('attribute', { ...row, comment: 'seen', timestamp: String(second) }, ['comment']),
    );
    assert.equal(answered.accounts(told(withComment, second + 1), 'one'), false);
    assert.equal(answered.accounts(told(withComment, second), 'one'), true);
    assert.equal(answered.accounts(told(withComment, second), 'one'), false);
  });

  it('is not believed where the answer shows what somebody else has changed before MISP looked', () => {
    const answered = carriedOut(edit, (write, row) =>
      write.saved('attribute', { ...row, comment: 'seen', value: '203.0.113.99', timestamp: String(now()) }, [
        'comment',
      ]),
    );
    const theirs = told((row) => {
      withComment(row);
      row.value = '203.0.113.99';
    });
    assert.equal(answered.accounts(theirs, 'one'), false);
  });

  it('shows at its event too: it was touched', () => {
    const memory = carriedOut(edit);
    const data = received();
    data.Event.timestamp = String(now());
    delete (data.Event as Row).Attribute;
    assert.equal(memory.accounts(thingOf('event-after-save', data)!, 'one'), true);
    const edited = { Event: { ...data.Event, info: 'by somebody else' } };
    assert.equal(memory.accounts(thingOf('event-after-save', edited)!, 'two'), false);
  });

  it('that failed is none', () => {
    const memory = { writes: new OwnWrites(), questions: new OwnQuestions() };
    const data = received();
    const write = new Write(memory, [edit], data, clock);
    assert.equal(memory.writes.isWriting(['1']), true);
    write.end([{ operation: edit, state: 'failed' }]);
    assert.equal(memory.writes.isWriting(['1']), false);
    assert.equal(memory.writes.count, 0);
  });
});

describe('own questions', () => {
  it('account for one question of each node, and end', () => {
    let time = 0;
    const questions = new OwnQuestions({ names: 2, keptMs: 100 }, () => time);
    questions.note(['1', uuid]);
    assert.equal(questions.account([uuid], 'one'), true);
    assert.equal(questions.account([uuid], 'one'), false);
    assert.equal(questions.account([uuid], 'two'), true);
    assert.equal(questions.account([], 'three'), false);
    time = 101;
    assert.equal(questions.account(['1'], 'three'), false);
    questions.note(['2', '3', '4']);
    assert.equal(questions.account(['2'], 'one'), false, 'the oldest was given up');
    assert.equal(questions.account(['4'], 'one'), true);
  });
});

import { strict as assert } from 'node:assert';
import type { KeyUser } from '../../src/misp/account';
import { notesApiAccessOf } from '../../src/triggers/api-access';
import { OwnCalls, OwnKey } from '../../src/triggers/own-calls';

const user: KeyUser = { id: '7', email: 'flows@example.org', organisation: '2', role: '5' };
/** What MISP saves for an API call: the user as it is, with the moment of the call. */
const access = {
  id: '7',
  email: 'flows@example.org',
  org_id: '2',
  role_id: '5',
  last_api_access: 1795392412,
  date_modified: 1795392412,
};

describe('the note of an API call', () => {
  it('is one of this user, with nothing else changed', () => {
    assert.equal(notesApiAccessOf(user, access), true);
    assert.equal(notesApiAccessOf(user, { ...access, id: 7, date_modified: '1795392413' }), true);
    const { id, last_api_access, date_modified } = access;
    assert.equal(notesApiAccessOf(user, { id, last_api_access, date_modified }), true);
  });

  const others: [string, unknown][] = [
    ['another user', { ...access, id: '8' }],
    ['an id that only looks like it', { ...access, id: '07' }],
    ['a list with the id', { ...access, id: ['7'] }],
    ['true for an id', { ...access, id: true }],
    ['no id', { ...access, id: undefined }],
    ['a change of the account', { ...access, last_api_access: undefined }],
    ['a change long after the last call', { ...access, last_api_access: 1795390000 }],
    ['a new user', { ...access, last_api_access: '0' }],
    ['no moment', { ...access, last_api_access: '', date_modified: '' }],
    ['words for moments', { ...access, last_api_access: 'now', date_modified: 'now' }],
    ['another role', { ...access, role_id: '1' }],
    ['another organisation', { ...access, org_id: '1' }],
    ['another address', { ...access, email: 'other@example.org' }],
    ['a password', { ...access, password: 'new' }],
    ['a password that is confirmed', { ...access, confirm_password: 'new' }],
    ['a list', [access]],
    ['nothing', null],
  ];
  for (const [name, data] of others) {
    it(`is not ${name}`, () => assert.equal(notesApiAccessOf(user, data), false));
  }

  it('is none of a user of whom MISP gave no id', () => {
    assert.equal(notesApiAccessOf({ ...user, id: '' }, { ...access, id: '' }), false);
  });
});

describe('calls of ours', () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const known = async () => {
    const key = new OwnKey(() => Promise.resolve(user));
    key.learn();
    await settled();
    return key;
  };

  it('account for a question while they are under way in an open run, each for one', async () => {
    const key = await known();
    const run = { isOver: false };
    assert.equal(key.accounts(access), false);
    const back = [key.leaves(run), key.leaves(run)];
    assert.equal(key.accounts({ ...access, id: '8' }), false);
    assert.equal(key.accounts(access), true);
    assert.equal(key.accounts(access), true);
    assert.equal(key.accounts(access), false);
    back.forEach((end) => end());
    const end = key.leaves(run);
    end();
    assert.equal(key.accounts(access), false);
  });

  it('account for none when their run has its verdict, or when there is none', async () => {
    const key = await known();
    const run = { isOver: false };
    key.leaves(run);
    key.leaves(undefined);
    run.isOver = true;
    assert.equal(key.accounts(access), false);
  });

  it('account for none as long as MISP has not said whose key it is', async () => {
    const key = new OwnKey(() => Promise.reject(new Error('away')));
    key.learn();
    await settled();
    key.leaves({ isOver: false });
    assert.equal(key.accounts(access), false);
  });

  it('belong to one key: a call with another key accounts for nothing', async () => {
    const calls = new OwnCalls();
    const [ours, other] = [await known(), new OwnKey(() => Promise.resolve({ ...user, id: '9' }))];
    other.learn();
    await settled();
    calls.add(ours);
    const forget = calls.add(other);
    other.leaves({ isOver: false });
    assert.equal(calls.account(access), false);
    ours.leaves({ isOver: false });
    assert.equal(calls.account(access), true);
    assert.equal(calls.account({ ...access, id: '9', email: user.email }), true);
    other.leaves({ isOver: false });
    forget();
    assert.equal(calls.account({ ...access, id: '9' }), false);
  });

  it('are looked into only where a trigger wants it, and MISP is not asked again and again', async () => {
    const calls = new OwnCalls();
    let asked = 0;
    const away = new OwnKey(() => {
      asked++;
      return Promise.reject(new Error('away'));
    });
    calls.add(away);
    calls.learn();
    assert.equal(asked, 0);
    const doNotWant = calls.want();
    for (let i = 0; i < 5; i++) calls.learn();
    await settled();
    calls.learn();
    assert.equal(asked, 1);
    doNotWant();
  });
});

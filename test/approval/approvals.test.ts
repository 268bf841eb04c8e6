import { strict as assert } from 'node:assert';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Approvals } from '../../src/approval/approvals';
import { ApprovalFiles } from '../../src/approval/files';
import { idIn, tokenOf } from '../../src/approval/links';
import { HOUR, ALICE, BOB, UUID, shown, asked } from '../support/approvals';

describe('approvals', () => {
  let folder: string;
  let now: number;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'approvals-'));
    now = Date.parse('2026-11-28T00:00:00Z');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = (limits = { waiting: 10, kept: 3, keptMs: 24 * HOUR }) =>
    new Approvals(new ApprovalFiles(folder), limits, () => now);
  const refusal = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return (error as { key?: string }).key ?? String(error);
    }
    return '';
  };

  it('lets exactly the approved state pass, once', () => {
    const approvals = open();
    const first = approvals.ask(asked('a'));
    assert.deepEqual([first.passes, !first.passes && first.isNew], [false, true]);
    const again = approvals.ask(asked('a'));
    assert.deepEqual([again.approval.id, !again.passes && again.isNew], [first.approval.id, false]);
    approvals.decide(first.approval.id, 'approved', ALICE);
    assert.equal(approvals.ask(asked('a', { node: 'n2' })).passes, false, 'of another node');
    assert.equal(
      approvals.ask(asked('a', { event: { ...shown, uuid: UUID.replace('0', '1') } })).passes,
      false,
      'of another event',
    );
    assert.equal(approvals.ask(asked('a')).passes, true);
    assert.equal(approvals.ask(asked('a')).passes, false);
  });

  it('asks anew for another state, and the old link is of no use', () => {
    const approvals = open();
    const { approval } = approvals.ask(asked('a'));
    const next = approvals.ask(asked('b'));
    assert.notEqual(next.approval.id, approval.id);
    assert.equal(
      refusal(() => approvals.decide(approval.id, 'approved', ALICE)),
      'approval.replaced',
    );
    approvals.decide(next.approval.id, 'approved', ALICE);
    assert.equal(approvals.ask(asked('c')).passes, false, 'edited after it was approved');
    assert.equal(approvals.ask(asked('b')).passes, false, 'what was approved before that edit');
  });

  it('takes the first of two who decide', () => {
    const approvals = open();
    const { id } = approvals.ask(asked('a')).approval;
    approvals.decide(id, 'refused', ALICE, { comment: ' not yet ' });
    assert.equal(
      refusal(() => approvals.decide(id, 'approved', BOB)),
      'approval.refused',
    );
    assert.deepEqual(
      [approvals.get(id)?.by, approvals.get(id)?.comment, approvals.ask(asked('a')).passes],
      [ALICE.name, 'not yet', false],
    );
  });

  it('does not take the author, under the address of then or of now, or nobody', () => {
    const approvals = open();
    const { id } = approvals.ask(asked('a', { author: ALICE.email })).approval;
    assert.equal(
      refusal(() => approvals.decide(id, 'approved', ALICE)),
      'approval.own',
    );
    const authors = [BOB.email];
    assert.equal(
      refusal(() => approvals.decide(id, 'approved', BOB, { authors })),
      'approval.own',
    );
    assert.equal(
      refusal(() => approvals.decide(id, 'approved', { email: '', name: 'x' })),
      'approval.nobody',
    );
    assert.equal(approvals.get(id)?.state, 'waiting');
  });

  it('ends in time: nobody can decide, and what was approved does not pass', () => {
    const approvals = open();
    const { id } = approvals.ask(asked('a')).approval;
    const other = approvals.ask(asked('b', { node: 'n2' })).approval;
    approvals.decide(other.id, 'approved', ALICE);
    now += HOUR;
    assert.equal(
      refusal(() => approvals.decide(id, 'approved', ALICE)),
      'approval.expired',
    );
    assert.equal(approvals.ask(asked('b', { node: 'n2' })).passes, false);
    assert.deepEqual(
      approvals.expire('n1').map((one) => [one.id, one.state]),
      [[id, 'expired']],
    );
    assert.deepEqual(approvals.expire('n1'), []);
  });

  it('outlives the process, with its links', () => {
    const approvals = open();
    const { approval } = approvals.ask(asked('a'));
    const token = approvals.token(approval);
    const restarted = open();
    assert.deepEqual(restarted.find(token), approval);
    restarted.decide(approval.id, 'approved', ALICE);
    assert.equal(open().ask(asked('a')).passes, true);
    assert.equal(open().ask(asked('a')).passes, false, 'what has passed is on the disk');
    for (const name of readdirSync(folder)) assert.equal(statSync(path.join(folder, name)).mode & 0o077, 0);
  });

  it('changes nothing that cannot be written', () => {
    const files = new ApprovalFiles(folder);
    let isFull = false;
    const save = (approval: Parameters<typeof files.save>[0]) => {
      if (isFull) throw new Error('ENOSPC');
      files.save(approval);
    };
    const approvals = new Approvals({ ...bound(files), save }, undefined, () => now);
    const { id } = approvals.ask(asked('a')).approval;
    isFull = true;
    assert.match(
      refusal(() => approvals.decide(id, 'approved', ALICE)),
      /ENOSPC/,
    );
    assert.match(
      refusal(() => approvals.ask(asked('b'))),
      /ENOSPC/,
    );
    assert.equal(approvals.get(id)?.state, 'waiting');
    isFull = false;
    approvals.decide(id, 'approved', ALICE);
    isFull = true;
    assert.match(
      refusal(() => approvals.ask(asked('a'))),
      /ENOSPC/,
      'it does not pass unless that is kept',
    );
  });

  it('does not take forged, cut and foreign links', () => {
    const approvals = open();
    const { approval } = approvals.ask(asked('a'));
    const token = approvals.token(approval);
    const secret = new ApprovalFiles(folder).secret();
    assert.equal(idIn(secret, token), approval.id);
    const forged = [
      ...['', approval.id, token.slice(1), token.slice(0, -1), `${token}x`, `${token.slice(0, -1)}-`],
      ...[tokenOf('0'.repeat(64), approval.id), null, 7, {}, ['x'], '__proto__', 'x'.repeat(1_000_000)],
    ];
    for (const one of forged)
      assert.equal(
        refusal(() => approvals.find(one)),
        'approval.unknownLink',
        JSON.stringify(one)?.slice(0, 80),
      );
  });

  it('starts with what can be read of its files, and nothing passes by what cannot', () => {
    const approvals = open();
    const { approval } = approvals.ask(asked('a'));
    approvals.decide(approval.id, 'approved', ALICE);
    const name = path.join(folder, `${approval.id}.json`);
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"id":"x"}',
      JSON.stringify({ ...approval, id: 'x'.repeat(22) }),
    ]) {
      writeFileSync(name, text);
      assert.equal(open().get(approval.id), undefined, text);
    }
    assert.equal(open().ask(asked('a')).passes, false);
  });

  it('is bounded: in those that wait, and in those that are kept', () => {
    const approvals = open({ waiting: 2, kept: 3, keptMs: 24 * HOUR });
    for (let index = 0; index < 20; index++) approvals.ask(asked(`state ${index}`));
    assert.ok(readdirSync(folder).length <= 6);
    approvals.ask(asked('a', { node: 'n2' }));
    assert.equal(
      refusal(() => approvals.ask(asked('a', { node: 'n3' }))),
      'approval.tooMany',
    );
    approvals.forget('n1');
    approvals.ask(asked('a', { node: 'n3' }));
    assert.equal(open().find(approvals.token(approvals.ask(asked('a', { node: 'n3' })).approval)).node, 'n3');
  });
});

/** The methods of an object, as they are called without it. */
function bound(files: ApprovalFiles) {
  return { read: () => files.read(), remove: (id: string) => files.remove(id), secret: () => files.secret() };
}

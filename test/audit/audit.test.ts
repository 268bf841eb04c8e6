import { strict as assert } from 'node:assert';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Operation } from '../../src/actions/plan';
import { Audit } from '../../src/audit/audit';
import { cell } from '../../src/audit/csv';
import { auditOf, type Actor, type AuditEntry } from '../../src/audit/entry';
import { FILE_LIMITS, LineFiles } from '../../src/audit/files';
import { text } from '../../src/text';

const actor: Actor = {
  ...{ flow: 'tab', flowName: 'Incidents', node: 'n1', nodeType: 'misp-tag', nodeName: 'mark' },
  run: 'r1',
};
const UUID = 'c28f9168-2899-4cb4-a25c-60afd9778cc7';
const deed = { system: 'https://misp.example.org', what: 'publish', target: ['event 1'] };
const done = { ...deed, count: 1, result: 'done', failed: 0, problem: '' };

describe('the audit', () => {
  let folder = '';
  let file = '';
  const problems: string[] = [];
  const leftOut: number[] = [];
  const report = {
    failed: (problem: string) => problems.push(problem),
    leftOut: (count: number) => leftOut.push(count),
  };
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'misp-audit-'));
    file = path.join(folder, 'misp-workflows/audit.jsonl');
    problems.length = 0;
    leftOut.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const linesOf = async (audit: Audit, format: 'jsonl' | 'csv' = 'jsonl') => {
    const lines: string[] = [];
    for await (const line of audit.export(format)) lines.push(line);
    return lines;
  };

  it('has who, what, when and the result, line by line, in a file that only its owner reads', async () => {
    const audit = new Audit(new LineFiles(file), report);
    audit.note(actor, done);
    audit.note({ ...actor, run: '' }, { ...done, what: 'unpublish' });
    await audit.flush();
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const [first, second] = lines.map((line) => JSON.parse(line) as AuditEntry);
    assert.deepEqual({ ...first, at: '' }, { at: '', ...actor, ...done });
    assert.ok(Math.abs(Date.parse(first.at) - Date.now()) < 5000);
    assert.equal(second.what, 'unpublish');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(
      await linesOf(audit),
      lines.map((line) => `${line}\n`),
    );
  });

  it('goes on where another process ended, and takes rights from others that had them', async () => {
    const before = new Audit(new LineFiles(file), report);
    before.note(actor, done);
    await before.flush();
    chmodSync(file, 0o644);
    appendFileSync(file, '{"at":"2026-');
    const audit = new Audit(new LineFiles(file), report);
    audit.note(actor, done);
    await audit.flush();
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.equal((await linesOf(audit)).length, 2, 'the line that was cut off is none');
  });

  it('is bounded: files turn by size and by age, and the oldest are deleted', async () => {
    const limits = { ...FILE_LIMITS, bytes: 2000, files: 3 };
    const audit = new Audit(new LineFiles(file, limits), report);
    for (let index = 0; index < 200; index++) {
      audit.note(actor, { ...done, count: index });
      await audit.flush();
    }
    const files = readdirSync(path.dirname(file));
    assert.deepEqual(files.sort(), ['audit.1.jsonl', 'audit.2.jsonl', 'audit.jsonl']);
    for (const name of files) assert.ok(statSync(path.join(path.dirname(file), name)).size <= 2000);
    const counts = (await linesOf(audit)).map((line) => (JSON.parse(line) as AuditEntry).count);
    assert.equal(counts.at(-1), 199);
    assert.deepEqual(
      counts,
      counts.toSorted((one, other) => one - other),
      'the oldest first',
    );
    let now = Date.now() + limits.turnMs + 1000;
    const later = new Audit(new LineFiles(file, { ...limits, bytes: 1e6 }, () => now), report);
    later.note(actor, { ...done, count: 1000 });
    await later.flush();
    assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 1);
    now += limits.keptMs;
    later.note(actor, done);
    await later.flush();
    const old = new Date(0);
    for (const name of readdirSync(path.dirname(file)))
      utimesSync(path.join(path.dirname(file), name), old, old);
    later.note(actor, done);
    await later.flush();
    assert.ok(!readdirSync(path.dirname(file)).includes('audit.2.jsonl'));
  });

  it('that cannot be written says so once, waits in memory, and counts what is too much', async () => {
    let works = false;
    const written: string[] = [];
    const files = {
      append: (lines: readonly string[]) =>
        works ? Promise.resolve(void written.push(...lines)) : Promise.reject(new Error('ENOSPC: no space')),
      lines: () => (async function* () {})(),
    };
    const audit = new Audit(files, report);
    for (let index = 0; index < 12_000; index++) {
      audit.note(actor, done);
      if (index % 1000 === 0) await audit.flush();
    }
    assert.deepEqual(problems, ['ENOSPC: no space']);
    works = true;
    await audit.flush();
    assert.equal(written.length, 10_000);
    assert.deepEqual(leftOut, [2000]);
    works = false;
    audit.note(actor, done);
    await audit.flush();
    assert.equal(problems.length, 2, 'told again after it had worked');
    audit.close();
  });

  it('without a user folder keeps nothing, and fails nobody', async () => {
    const audit = new Audit(undefined, report);
    for (let index = 0; index < 100_000; index++) audit.note(actor, done);
    assert.deepEqual(await linesOf(audit), []);
    assert.deepEqual(problems, []);
  });

  it('does not follow a link that somebody put in the place of its file', async () => {
    const other = path.join(folder, 'other');
    writeFileSync(other, 'kept');
    const linked = path.join(folder, 'audit.jsonl');
    symlinkSync(other, linked);
    const audit = new Audit(new LineFiles(linked), report);
    audit.note(actor, done);
    await audit.flush();
    audit.close();
    assert.equal(readFileSync(other, 'utf8'), 'kept');
    assert.equal(problems.length, 1);
  });

  it('is CSV whose cells are text and never formulas', async () => {
    const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '＝1', '|x', '%x'];
    for (const formula of formulas) assert.match(cell(formula), /^"'/, JSON.stringify(formula));
    assert.equal(cell('say "x",\ny'), '"say ""x"",\ny"');
    const audit = new Audit(new LineFiles(file), report);
    audit.note({ ...actor, nodeName: '=HYPERLINK("http://evil","x")' }, done);
    const [header, line] = await linesOf(audit, 'csv');
    assert.match(header, /^"at","flow","flowName","node"/);
    assert.match(line, /,"'=HYPERLINK\(""http:\/\/evil"",""x""\)",/);
  });
});

describe('a line of the audit', () => {
  const SECRET = 'sentinel-secret-0123456789';
  const DATA = 'sentinel of an event';
  const key = 'A1'.repeat(20);
  const refs = { event: { id: '1', uuid: UUID }, items: [{ uuid: UUID }] };
  const operations: [Operation, Partial<AuditEntry>][] = [
    [
      { do: 'attach-tags', scope: 'attribute', ...refs, tags: [DATA], local: true },
      { target: [`event ${UUID}`, UUID], count: 1 },
    ],
    [
      {
        do: 'edit-attributes',
        event: { id: '1' },
        changes: [{ item: { id: '7' }, fields: { value: DATA } }],
      },
      { target: ['event 1', '7'] },
    ],
    [
      { do: 'edit-event', event: { id: DATA }, fields: { info: DATA }, freeze: false },
      { target: ['event …'] },
    ],
    [
      { do: 'add-sightings', type: 0, values: [DATA, DATA], source: DATA },
      { target: [], count: 2 },
    ],
    [{ do: 'block-event', uuid: UUID, info: DATA, org: DATA, comment: DATA }, { target: [`event ${UUID}`] }],
    [
      { do: 'extend-warninglist', list: '5', values: [DATA] },
      { target: ['warninglist 5'], count: 1 },
    ],
    [
      { do: 'rest-call', method: 'POST', path: `/events/edit/12/${DATA}?key=${SECRET}`, body: { a: SECRET } },
      { what: 'rest-call POST /events/edit/12/…' },
    ],
    [{ do: 'rest-call', method: 'POST', path: `/${key}/x/${key}` }, { what: 'rest-call POST /…/x/…' }],
    [
      { do: 'run-module', module: 'send-mail', params: { text: SECRET }, data: { Event: DATA } },
      { what: 'run-module send-mail' },
    ],
    [
      {
        ...{ do: 'http-request', method: 'POST', headers: { Authorization: [SECRET] } },
        url: [`https://user:${SECRET}@hooks.example.org/services/${SECRET}?q=${DATA}`],
        body: { as: 'json', data: { text: DATA } },
      },
      { system: 'https://hooks.example.org' },
    ],
    [{ do: 'http-request', method: 'POST', url: [{ secret: 'webhookUrl' }], headers: {} }, { system: '…' }],
    [
      { do: 'http-request', method: 'POST', url: ['https://host', { secret: 'urlSecret' }], headers: {} },
      { system: '…' },
    ],
    [
      {
        ...{ do: 'send-mail', from: 'misp@example.org', to: ['a@example.org'], bcc: ['b@example.org'] },
        ...{ subject: DATA, text: DATA, attachments: [{ filename: DATA, data: DATA }] },
      },
      { target: ['a@example.org', 'b@example.org'], count: 2 },
    ],
    [{ do: 'zmq-publish', message: DATA }, { what: 'zmq-publish' }],
  ];
  for (const [operation, expected] of operations) {
    it(`names its target and holds no data and no secret: ${operation.do}`, () => {
      const failures = [{ item: DATA, problem: text('misp.notSaved', { message: DATA, problem: SECRET }) }];
      const line = auditOf(
        { operation, state: 'partial', failures, answer: { body: SECRET + DATA } },
        `https://me:${SECRET}@misp.example.org/base?key=${SECRET}`,
      );
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(line[name as keyof typeof line], value, name);
      assert.equal(line.result, 'partial');
      assert.equal(line.problem, 'misp.notSaved');
      const written = JSON.stringify(line);
      assert.ok(!written.includes(SECRET) && !written.includes(DATA) && !written.includes(key), written);
    });
  }

  it('is of bounded size: 5,000 attributes are twenty names and a number', () => {
    const items = Array.from({ length: 5000 }, (_, index) => ({ id: String(index) }));
    const operation: Operation = {
      do: 'attach-tags',
      ...{ scope: 'attribute', event: { id: '1' }, items, tags: ['x'], local: true },
    };
    const line = auditOf({ operation, state: 'done' }, 'https://misp.example.org');
    assert.equal(line.target.length, 20);
    assert.equal(line.count, 5000);
  });
});

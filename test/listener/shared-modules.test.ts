import { strict as assert } from 'node:assert';
import type { ActionModule } from '../../src/listener/kinds/action';
import { KnownModules } from '../../src/listener/known-modules';
import { ListWait } from '../../src/listener/thread/list-wait';
import { SharedModules } from '../../src/listener/shared-modules';
import type { RecordSet } from '../../src/records/records';

const moduleOf = (name: string, more: Partial<ActionModule> = {}): ActionModule => ({
  ...{ kind: 'action', name, description: 'A gate', deadlineMs: 8000, blocking: true, stallsSaving: false },
  ...{ onDeadline: 'block', supportFilters: false, params: {} },
  ...more,
});

/** Records that nobody else has. */
class Records implements RecordSet {
  kept = new Map<string, string>();
  problem: Error | undefined;

  transaction<T>(work: (records: Map<string, string>) => T): Promise<T> {
    if (this.problem) return Promise.reject(this.problem);
    return new Promise((resolve) => resolve(work(this.kept)));
  }
  watch = () => () => undefined;
}

/** The listener of one Node-RED. */
class One {
  readonly known = new KnownModules(undefined, (error) => assert.fail(error));
  readonly live = new Set<string>();
  readonly told: string[] = [];
  isSettled = true;
  readonly shared = new SharedModules(this.known, {
    isSettled: () => this.isSettled,
    isLive: (name) => this.live.has(name),
    added: ({ name }) => void this.told.push(`+${name}`),
    removed: (name) => void this.told.push(`-${name}`),
  });

  constructor(private readonly records: RecordSet) {}

  get names(): string {
    return this.known.all
      .map(({ name }) => name)
      .sort()
      .join();
  }
  sync = () => this.shared.sync(this.records);
  async announce(module: ActionModule): Promise<void> {
    this.live.add(module.name);
    this.known.add(module);
    this.shared.announce(module);
    await this.sync();
  }
  async remove(name: string): Promise<void> {
    this.known.remove(name);
    this.shared.remove(name);
    await this.sync();
  }
}

describe('modules that listeners share', () => {
  let records: Records;
  let a: One;
  let b: One;
  beforeEach(() => {
    records = new Records();
    [a, b] = [new One(records), new One(records)];
  });

  it('are listed by all, and what was removed in one is removed in all', async () => {
    await a.announce(moduleOf('one'));
    await b.announce(moduleOf('two'));
    await a.sync();
    assert.deepEqual([a.names, b.names, a.told, b.told], ['one,two', 'one,two', ['+two'], ['+one']]);
    a.live.clear();
    await a.remove('one');
    await b.sync();
    assert.deepEqual([a.names, b.names, b.told], ['two', 'two', ['+one', '-one']]);
    const c = new One(records);
    await c.sync();
    assert.equal(c.names, 'two');
  });

  it('stay where a flow has them, and come back where one announces them again', async () => {
    await a.announce(moduleOf('gate'));
    await b.announce(moduleOf('gate'));
    a.live.clear();
    await a.remove('gate');
    await b.sync();
    await a.sync();
    assert.deepEqual([a.names, b.names], ['', 'gate']);
    await b.announce(moduleOf('gate'));
    await a.sync();
    assert.deepEqual([a.names, a.told], ['gate', ['+gate']]);
  });

  it('are not removed before the flows have started, nor because they are missing', async () => {
    await a.announce(moduleOf('gate'));
    await b.sync();
    await b.remove('gate');
    a.live.clear();
    a.isSettled = false;
    await a.sync();
    assert.equal(a.names, 'gate');
    a.isSettled = true;
    await a.sync();
    assert.equal(a.names, '');
    await a.announce(moduleOf('gate'));
    // Somebody has emptied Redis, or it has lost its latest.
    a.live.clear();
    records.kept.clear();
    await b.sync();
    await a.sync();
    await b.sync();
    assert.deepEqual([a.names, b.names], ['gate', 'gate']);
  });

  it('are told and removed later where that cannot be kept at once', async () => {
    records.problem = new Error('away');
    await assert.rejects(a.announce(moduleOf('one')), /away/);
    await assert.rejects(b.announce(moduleOf('two')), /away/);
    records.problem = undefined;
    await a.sync();
    await b.sync();
    await a.sync();
    assert.deepEqual([a.names, b.names], ['one,two', 'one,two']);
    records.problem = new Error('away');
    b.live.clear();
    await assert.rejects(b.remove('two'), /away/);
    records.problem = undefined;
    a.live.clear();
    await b.sync();
    await a.sync();
    assert.deepEqual([a.names, b.names], ['one', 'one']);
  });

  it('are as the flow here has them, whatever others write', async () => {
    await a.announce(moduleOf('gate'));
    records.kept.set('gate', JSON.stringify({ module: moduleOf('gate', { onDeadline: 'allow' }) }));
    await a.sync();
    assert.deepEqual(a.known.all, [moduleOf('gate')]);
  });

  it('are not taken where another program has written what cannot be announced', async () => {
    const good = moduleOf('good');
    const spoilt: [string, unknown][] = [
      ['text', 'x'],
      ['null', null],
      ['other', { module: good }],
      ['UPPER', { module: moduleOf('UPPER') }],
      ['__proto__', { module: { ...good, name: 'x' } }],
      ['kind', { module: { ...moduleOf('kind'), kind: 'constructor' } }],
      ['user', { module: { kind: 'import', name: 'user', description: '', deadlineMs: 1, userFields: 7 } }],
      ['late', { module: moduleOf('late', { deadlineMs: 1e300 }) }],
      ['never', { module: { ...moduleOf('never'), deadlineMs: '8000' } }],
      ['markup', { module: { ...moduleOf('markup'), description: { toString: 1 } } }],
      ['large', { module: moduleOf('large', { description: 'x'.repeat(1024 * 1024) }) }],
      ['params', { module: { ...moduleOf('params'), params: undefined } }],
      ['x'.repeat(300), { module: moduleOf('x'.repeat(300)) }],
    ];
    for (const [name, one] of spoilt) records.kept.set(name, JSON.stringify(one));
    records.kept.set('broken', '{');
    await a.sync();
    assert.equal(a.names, 'params', 'its list can be made without them');
    await a.announce(moduleOf('text'));
    assert.deepEqual(JSON.parse(records.kept.get('text')!), { module: moduleOf('text') });
  });

  it('are bounded, and so is what is remembered of those that were removed', async () => {
    for (let index = 0; index < 1200; index++) a.known.add(moduleOf(`m${index}`));
    await a.sync();
    assert.equal(records.kept.size, 1000);
    for (let index = 0; index < 1200; index++) a.shared.remove(`m${index}`);
    await a.sync();
    assert.equal([...records.kept.values()].filter((text) => text.includes('removed')).length, 500);
  });
});

describe('the list of modules while it is completed', () => {
  it('is waited for, but not as long as MISP waits', async () => {
    const wait = new ListWait();
    const told: string[] = [];
    wait.then(() => told.push('at once'));
    wait.set(true);
    wait.then(() => told.push('complete'));
    assert.deepEqual(told, ['at once']);
    wait.set(false);
    assert.deepEqual(told, ['at once', 'complete']);
    wait.set(true);
    const began = performance.now();
    await new Promise<void>((resolve) => wait.then(resolve));
    assert.ok(performance.now() - began < 900);
    wait.set(false);
    wait.then(() => told.push('again'));
    assert.deepEqual(told, ['at once', 'complete', 'again']);
  });
});

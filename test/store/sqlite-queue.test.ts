import { strict as assert } from 'node:assert';
import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { words } from '../../src/text';
import { DEFAULT_QUEUE, Entrance, openedQueue, Queue, request, settled, SOON } from '../support/queue';
import { smallDisk } from '../support/small-disk';
import { bytesIn, removeFolders, storeFolder } from '../support/store';
import { until } from '../support/until';

const MEGABYTE = 1024 * 1024;

describe('accepted requests on disk', function () {
  this.timeout(60_000);
  afterEach(removeFolders);

  it('are taken once they are confirmed and their module is open, and deleted when they are done', async () => {
    const folder = storeFolder();
    const { queue, taken } = await openedQueue(folder);
    const entrance = new Entrance(queue, 'listener');
    queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    const key = await entrance.put(request('one', { receivedAt: 1234, caller: 'misp' }));
    await settled();
    assert.equal(taken.length, 0);
    queue.open('listener', 'module');
    await settled();
    assert.equal(taken.length, 0);
    entrance.confirm(key);
    await until(() => taken.length === 1);
    const { body, id, ...rest } = taken[0];
    assert.equal(Buffer.from(body).toString(), 'one');
    const notes = { flattenedCut: true, suspicious: false, keyed: undefined };
    assert.deepEqual(rest, {
      ...{ source: 'listener', module: 'module', caller: 'misp', receivedAt: 1234, attempt: 1, notes },
    });
    queue.done(id);
    await until(async () => (await queue.overview()).running === 0);
    queue.close();
    const again = await openedQueue(folder);
    again.queue.open('listener', 'module');
    await settled();
    assert.deepEqual(again.taken, []);
    again.queue.close();
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.equal(statSync(path.join(folder, 'queue.sqlite')).mode & 0o777, 0o600);
  });

  it('are taken again after a clean end: marked, and it is no death', async () => {
    const folder = storeFolder();
    for (let attempt = 1; attempt <= 4; attempt++) {
      const { queue, taken } = await openedQueue(folder);
      queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
      queue.open('listener', 'module');
      if (attempt === 1) {
        const entrance = new Entrance(queue, 'listener');
        entrance.confirm(await entrance.put(request('one')));
      }
      await until(() => taken.length === 1);
      assert.equal(taken[0].attempt, attempt);
      assert.equal(Buffer.from(taken[0].body).toString(), 'one');
      queue.close();
    }
  });

  it('that were quiet at a clean end are done; those that were not confirmed run, marked', async () => {
    const folder = storeFolder();
    const { queue, taken } = await openedQueue(folder);
    queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    entrance.confirm(await entrance.put(request('quiet')));
    await until(() => taken.length === 1);
    queue.quiet(taken[0].id);
    await entrance.put(request('unconfirmed'));
    queue.close();
    const again = await openedQueue(folder);
    again.queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    again.queue.open('listener', 'module');
    await until(() => again.taken.length > 0);
    await settled();
    assert.deepEqual(
      again.taken.map(({ body, attempt }) => [Buffer.from(body).toString(), attempt]),
      [['unconfirmed', 2]],
    );
    again.queue.close();
  });

  it('that were withdrawn never run, over a restart too', async () => {
    const folder = storeFolder();
    const { queue, taken } = await openedQueue(folder);
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    entrance.withdraw(await entrance.put(request('one')));
    const before = entrance.send(request('two'));
    entrance.withdraw(before);
    queue.close();
    const again = await openedQueue(folder);
    again.queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    again.queue.open('listener', 'module');
    await settled();
    assert.deepEqual([...taken, ...again.taken], []);
    again.queue.close();
  });

  it('have their places: by number, by bytes, and by module', async () => {
    const { queue, taken } = await openedQueue(storeFolder());
    queue.setPlaces('listener', { runs: 4, bytes: 1000 });
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    const put = async (module: string, bytes: number) =>
      entrance.confirm(await entrance.put(request('x'.repeat(bytes), { module })));
    for (let n = 0; n < 6; n++) await put('module', 10);
    await until(() => taken.length === 4);
    // Another module opens: half of the places are for it.
    queue.open('listener', 'other');
    for (let n = 0; n < 3; n++) queue.done(taken[n].id);
    await until(() => taken.length === 5);
    await settled();
    assert.equal(taken.length, 5);
    await put('other', 10);
    await until(() => taken.length === 6);
    assert.equal(taken[5].module, 'other');
    for (const { id } of taken.splice(0)) queue.done(id);
    await until(() => taken.length === 1);
    queue.done(taken.splice(0)[0].id);
    // One that is larger than all places runs alone.
    await put('module', 5000);
    await put('module', 10);
    await until(() => taken.length === 1);
    await settled();
    assert.equal(taken.length, 1);
    queue.done(taken[0].id);
    await until(() => taken.length === 2);
    queue.close();
  });

  it('run one at a time for each event where that is asked for, in the order in which they came', async () => {
    const { queue, taken } = await openedQueue(storeFolder());
    queue.setPlaces('listener', { runs: 100, bytes: MEGABYTE });
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    const event = (uuid: string, n: number) => JSON.stringify({ data: { Event: { uuid, n } } });
    for (let n = 0; n < 30; n++)
      entrance.confirm(await entrance.put(request(event(`event-${n % 3}`, n), { inOrder: true })));
    const order = new Map<string, number[]>();
    let seen = 0;
    while (seen < 30) {
      await until(() => taken.length > 0);
      await settled(20);
      const now = taken.splice(0);
      const events = now.map(({ body }) => {
        const { data } = JSON.parse(Buffer.from(body).toString()) as {
          data: { Event: { uuid: string; n: number } };
        };
        return data.Event;
      });
      assert.equal(new Set(events.map(({ uuid }) => uuid)).size, events.length);
      for (const { uuid, n } of events) order.set(uuid, [...(order.get(uuid) ?? []), n]);
      seen += now.length;
      for (const { id } of now) queue.done(id);
    }
    for (const list of order.values())
      assert.deepEqual(
        list,
        [...list].sort((a, b) => a - b),
      );
    // What names no event is in one line.
    for (let n = 0; n < 2; n++)
      entrance.confirm(await entrance.put(request(`{"n":${n}}`, { inOrder: true })));
    await until(() => taken.length === 1);
    await settled();
    assert.equal(taken.length, 1);
    queue.again(taken[0].id);
    await until(() => taken.length === 2);
    assert.deepEqual(taken[1].body, taken[0].body);
    assert.equal(taken[1].attempt, 2);
    queue.close();
  });

  it('are kept whole however large they are', async () => {
    const folder = storeFolder();
    const { queue } = await openedQueue(folder);
    const entrance = new Entrance(queue, 'listener');
    const sizes = [0, 1, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 7.5 * MEGABYTE];
    const bodies = sizes.map((size) => Buffer.alloc(size, `${size} `));
    for (const body of bodies) await entrance.put(request(body));
    queue.close();
    const again = await openedQueue(folder);
    again.queue.setPlaces('listener', { runs: 10, bytes: 100 * MEGABYTE });
    again.queue.open('listener', 'module');
    await until(() => again.taken.length === sizes.length);
    for (const [index, { body }] of again.taken.entries())
      assert.ok(bodies[index].equals(body), String(index));
    again.queue.close();
  });

  it('are refused in words beyond the bounds; what was put aside gives way first', async () => {
    const { queue, taken, notices } = await openedQueue(storeFolder(), { requests: 3 });
    queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    for (let n = 0; n < 3; n++) entrance.confirm(await entrance.put(request('x')));
    await assert.rejects(entrance.put(request('x')), /3 requests \(0 MB\) wait for their flows already/);
    await until(() => taken.length === 3);
    queue.unreadable(taken[0].id);
    await until(async () => (await queue.overview()).asideCount === 1);
    await entrance.put(request('x'));
    assert.match(notices.join(), /no room for more accepted requests: 1 that had been put aside/);
    assert.equal((await queue.overview()).asideCount, 0);
    queue.setLimits({ ...DEFAULT_QUEUE, bytes: 10 });
    await assert.rejects(entrance.put(request('x'.repeat(20))), /more are not kept/);
    queue.close();
  });

  it('that nobody can read are put aside, started again and deleted by hand, for good', async () => {
    const folder = storeFolder();
    const { queue, taken } = await openedQueue(folder);
    queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    for (const text of ['one', 'two', 'three']) entrance.confirm(await entrance.put(request(text)));
    await until(() => taken.length === 3);
    for (const { id } of taken) queue.unreadable(id);
    await until(async () => (await queue.overview()).asideCount === 3);
    const { aside } = await queue.overview();
    assert.deepEqual(
      new Set(aside.map(({ reason, module }) => `${reason} ${module}`)),
      new Set(['unreadable module']),
    );
    assert.equal(await queue.restart({ id: taken[0].id }), 1);
    await until(() => taken.length === 4);
    assert.equal(taken[3].attempt, 2);
    assert.equal(await queue.forget({ id: 987 }), 0);
    assert.equal(await queue.forget({ id: taken[1].id }), 1);
    queue.close();
    const again = await openedQueue(folder);
    const { asideCount, waiting } = await again.queue.overview();
    assert.deepEqual([asideCount, waiting], [1, 1]);
    assert.equal(await again.queue.forget('all'), 1);
    again.queue.close();
  });

  it('that no trigger takes are named, put aside when they are too old, and deleted after as long again', async () => {
    const folder = storeFolder();
    const { queue } = await openedQueue(folder);
    const entrance = new Entrance(queue, 'listener');
    entrance.confirm(await entrance.put(request('old', { receivedAt: Date.now() - 3 * 86_400_000 })));
    entrance.confirm(await entrance.put(request('new')));
    await settled();
    assert.deepEqual((await queue.overview()).stranded, [{ module: 'module', count: 2 }]);
    queue.setLimits({ ...DEFAULT_QUEUE, days: 2 });
    await until(async () => (await queue.overview()).asideCount === 1);
    assert.equal((await queue.overview()).aside[0].reason, 'old');
    queue.setLimits({ ...DEFAULT_QUEUE, days: 1e-9 });
    await settled(50);
    queue.setLimits({ ...DEFAULT_QUEUE, days: 1e-9 });
    await until(async () => (await queue.overview()).asideCount === 0);
    queue.close();
  });

  it('leave nothing in the files some seconds after the last has ended', async () => {
    const folder = storeFolder();
    const { queue, taken } = await openedQueue(folder);
    queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    for (let n = 0; n < 20; n++)
      entrance.confirm(await entrance.put(request(`TLP:RED ${'secret '.repeat(20_000)}`)));
    await until(() => taken.length >= 7);
    assert.ok(bytesIn(folder).includes('TLP:RED'));
    for (let n = 0; n < 20; n++) {
      await until(() => taken.length > n);
      queue.done(taken[n].id);
    }
    await until(() => !bytesIn(folder).includes('TLP:RED'));
    assert.ok(statSync(path.join(folder, 'queue.sqlite')).size < 2 * MEGABYTE);
    queue.close();
  });

  it('have no keys and passwords of their trigger; one that cannot be read is refused', async () => {
    const folder = storeFolder();
    const { queue, taken } = await openedQueue(folder);
    queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    queue.open('listener', 'module');
    const entrance = new Entrance(queue, 'listener');
    const text = JSON.stringify({
      module: 'module',
      data: { email: 'a@b', authkey: 'SECRET', password: 'SECRET' },
    });
    const withoutSecrets = 'user-after-save';
    entrance.confirm(await entrance.put(request(text, { withoutSecrets })));
    await until(() => taken.length === 1);
    assert.ok(!bytesIn(folder).includes('SECRET'));
    assert.deepEqual(JSON.parse(Buffer.from(taken[0].body).toString()), {
      module: 'module',
      data: { email: 'a@b' },
    });
    await assert.rejects(entrance.put(request('{"authkey": "SECRET', { withoutSecrets })), /cannot be read/);
    // What a user typed for an ad hoc workflow.
    for (const at of ['beside', 'in the data']) {
      const _env = { case: '42', api_key: 'SECRET', nested: { password: 'SECRET' } };
      const data = at === 'beside' ? { Event: {} } : { Event: {}, _env };
      const sent = { module: 'module', data, ...(at === 'beside' ? { _env } : {}) };
      taken.length = 0;
      entrance.confirm(await entrance.put(request(JSON.stringify(sent))));
      await until(() => taken.length === 1);
      assert.match(Buffer.from(taken[0].body).toString(), /"case":"42"/);
    }
    assert.ok(!bytesIn(folder).includes('SECRET'));
    queue.close();
  });

  it('are refused in words where nothing can be written, and go on when it can', async () => {
    const folder = storeFolder();
    writeFileSync(folder, 'a file in its place');
    const queue = new Queue(folder, DEFAULT_QUEUE, SOON);
    const entrance = new Entrance(queue, 'listener');
    await assert.rejects(entrance.put(request('x')), /cannot be written to .* nothing is accepted/);
    assert.equal(queue.current.state, 'failed');
    rmSync(folder);
    await until(() => queue.current.state === 'open');
    await entrance.put(request('x'));
    assert.ok(existsSync(folder));
    queue.close();
  });

  it('are put aside when the process dies under them again and again; those beside them run', async () => {
    const folder = storeFolder();
    const { queue } = await openedQueue(folder);
    const entrance = new Entrance(queue, 'listener');
    for (const text of ['a', 'poison', 'b', 'c']) entrance.confirm(await entrance.put(request(text)));
    queue.close();
    const done: { text: string; attempt: number }[] = [];
    const begun = () => {
      const child = fork(path.join(__dirname, '../support/queue-child.mjs'), [folder], { execArgv: [] });
      child.on('message', (message) => done.push(message as (typeof done)[number]));
      return { child, ended: new Promise((resolve) => child.once('exit', resolve)) };
    };
    for (let death = 1; death <= 4; death++) await begun().ended;
    const last = begun();
    await until(() => done.length === 3);
    last.child.send('end');
    await last.ended;
    assert.deepEqual(new Set(done.map(({ text }) => text)), new Set(['a', 'b', 'c']));
    assert.ok(done.every(({ attempt }) => attempt > 1));

    const { queue: again, taken } = await openedQueue(folder);
    const { aside, waiting } = await again.overview();
    assert.equal(waiting, 0);
    assert.deepEqual(
      aside.map(({ module, reason, attempts }) => ({ module, reason, attempts })),
      [{ module: 'module', reason: 'died', attempts: 5 }],
    );
    assert.equal(await again.restart({ id: aside[0].id }), 1);
    again.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
    again.open('listener', 'module');
    await until(() => taken.length === 1);
    assert.deepEqual([Buffer.from(taken[0].body).toString(), taken[0].attempt], ['poison', 6]);
    again.close();
  });

  for (const spare of [0, 4 * MEGABYTE])
    it(`are refused on a full disk, and never run; what was kept runs and makes room (${spare} bytes left free)`, async function () {
      const disk = smallDisk(32);
      if (!disk) return this.skip(); // only root may mount
      try {
        const pace = { ...SOON, spare, reserve: 8 * MEGABYTE };
        const folder = path.join(disk.folder, 'queue');
        const { queue, taken } = await openedQueue(folder, {}, pace);
        const entrance = new Entrance(queue, 'listener');
        const kept: string[] = [];
        const put = async (name: string) => {
          entrance.confirm(await entrance.put(request(name.padEnd(60_000, '.'))));
          kept.push(name);
        };
        const putOn = async () => {
          for (let n = 0; n < 1000; n++) await Promise.all([1, 2, 3].map((one) => put(`kept ${n} ${one}`)));
        };
        await assert.rejects(putOn(), /is full, so nothing is accepted/);
        assert.ok(kept.length > 20, String(kept.length));
        // All of the rest too: nothing is left but the reserve.
        const reserve = () => statSync(path.join(folder, 'reserve'), { throwIfNoEntry: false })?.size ?? 0;
        await until(() => reserve() > 7 * MEGABYTE);
        const filler = path.join(disk.folder, 'filler');
        assert.throws(() => writeFileSync(filler, Buffer.alloc(50 * MEGABYTE)), /ENOSPC/);
        for (let n = 0; n < 5; n++) await assert.rejects(put('refused'), /is full, so nothing is accepted/);
        await until(async () => (await queue.overview()).waiting === kept.length);
        // Those that run make room.
        queue.setPlaces('listener', { runs: 10, bytes: 100 * MEGABYTE });
        queue.on('taken', ({ id }) => queue.done(id));
        queue.open('listener', 'module');
        await until(() => taken.length >= kept.length);
        const ran = taken.map(({ body }) => Buffer.from(body).toString().replace(/\.+$/, ''));
        assert.deepEqual(ran.sort(), kept.sort());
        // With the rest of the disk full, until a try finds the room that was made.
        const isKept = () =>
          put('again').then(
            () => true,
            () => false,
          );
        await until(isKept);
        queue.close();
      } finally {
        disk.remove();
      }
    });

  it('are refused on a disk that is read-only, and never run; what was kept runs when it is not', async function () {
    const disk = smallDisk(80);
    if (!disk) return this.skip(); // only root may mount
    try {
      const folder = path.join(disk.folder, 'queue');
      const before = await openedQueue(folder);
      const first = new Entrance(before.queue, 'listener');
      first.confirm(await first.put(request('kept')));
      before.queue.close();
      execFileSync('mount', ['-o', 'remount,ro', disk.folder]);
      const { queue, taken } = await openedQueue(folder);
      queue.setPlaces('listener', { runs: 10, bytes: MEGABYTE });
      queue.open('listener', 'module');
      const entrance = new Entrance(queue, 'listener');
      for (let n = 0; n < 5; n++)
        await assert.rejects(entrance.put(request('refused')), /cannot be written to .* nothing is accepted/);
      assert.deepEqual(taken, []);
      execFileSync('mount', ['-o', 'remount,rw', disk.folder]);
      await until(() => taken.length > 0);
      entrance.confirm(await entrance.put(request('again')));
      await until(() => taken.length > 1);
      assert.deepEqual(
        taken.map(({ body, attempt }) => [Buffer.from(body).toString(), attempt]),
        [
          ['kept', 2],
          ['again', 1],
        ],
      );
      queue.close();
    } finally {
      disk.remove();
    }
  });

  it('are put aside with a damaged file, and belong to one process alone', async () => {
    const folder = storeFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'queue.sqlite'), Buffer.alloc(100_000, 'no database '));
    const { queue, notices } = await openedQueue(folder);
    assert.equal(queue.current.state, 'open');
    assert.match(notices.join(), /damaged and could not be read/);
    await new Entrance(queue, 'listener').put(request('x'));
    queue.close();
    const second = await openedQueue(folder);
    const third = new Queue(folder, DEFAULT_QUEUE, SOON);
    await until(() => third.current.state !== 'opening');
    assert.match(third.current.state === 'failed' ? words(third.current.problem) : '', /Another process/);
    second.queue.close();
    third.close();
  });
});

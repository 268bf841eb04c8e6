import { strict as assert } from 'node:assert';
import { getHeapStatistics } from 'node:v8';
import { mock } from 'node:test';
import type { AnnouncedModule } from '../../src/listener/kinds';
import { DEFAULT_LIMITS, quarterOfHeap } from '../../src/listener/protocol';
import { Room } from '../../src/listener/thread/room';
import { ListenerServer } from '../../src/listener/thread/server';
import { freePort, listening, query } from '../support/misp';

const watching: AnnouncedModule = {
  kind: 'action',
  name: 'watching',
  description: '',
  blocking: false,
  stallsSaving: false,
  deadlineMs: 8000,
  onDeadline: 'block',
  supportFilters: false,
  params: {},
};

describe('the room for accepted runs', () => {
  const limits = { ...DEFAULT_LIMITS, handedBytes: 1000 };
  const roomWith = (runs: number, held: number) => {
    const room = new Room();
    for (let i = 0; i < runs; i++) {
      const guest = { module: watching, held };
      assert.ok(room.hasRoomFor(guest, limits, 1), String(i));
      room.enter(guest);
      room.accept(guest);
    }
    return room;
  };

  it('is for 200, unless told otherwise', () => {
    assert.ok(!roomWith(200, 1).hasRoomFor({ module: watching, held: 1 }, limits, 1));
  });

  it('is three quarters of the memory for requests; the rest is for the gate', () => {
    const room = roomWith(7, 100);
    assert.ok(!room.hasRoomFor({ module: watching, held: 100 }, limits, 1));
    assert.ok(
      room.hasRoomFor({ module: { ...watching, name: 'gate', blocking: true }, held: 100 }, limits, 1),
    );
    assert.equal(quarterOfHeap(), Math.floor(getHeapStatistics().heap_size_limit / 4));
  });

  it('is taken for ten minutes at most', async () => {
    const port = await freePort();
    const settings = {
      host: '127.0.0.1',
      port,
      access: { user: 'misp', password: 'secret' },
      limits: { ...limits, handedBytes: quarterOfHeap(), acceptedRuns: 1 },
    };
    const server = new ListenerServer(settings, undefined, (message) => {
      if (message.type === 'query')
        setImmediate(() => server.answer(message.head.id, { body: '{"data":true}', blocks: false }, true));
    });
    await listening(port);
    server.setModule(watching, 'live');
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const ask = async () => (await query(port, 'watching', {})).json;
      assert.deepEqual(await ask(), { data: true });
      mock.timers.tick(9.9 * 60_000);
      assert.ok((await ask()).error);
      mock.timers.tick(0.2 * 60_000);
      assert.deepEqual(await ask(), { data: true });
    } finally {
      mock.timers.reset();
      server.close();
    }
  });
});

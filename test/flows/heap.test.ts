import { strict as assert } from 'node:assert';
import { fork } from 'node:child_process';
import path from 'node:path';

describe('an event of 100,000 attributes that passes ten of our nodes', function () {
  this.timeout(60000);

  it('is not copied: the heap grows by less than a fifth of it', async () => {
    const child = fork(path.join(__dirname, '../support/heap-child.ts'), [], {
      execArgv: ['--expose-gc', '--require', 'tsx/cjs'],
      silent: true,
    });
    const { event, more, arrived } = await new Promise<Record<'event' | 'more' | 'arrived', number>>(
      (resolve, reject) => {
        child.once('message', (message) => resolve(message as never));
        child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      },
    );
    assert.equal(arrived, 1);
    assert.ok(event > 20, `the event takes ${event} MB`);
    assert.ok(more < event / 5, `${more} MB more for an event of ${event} MB`);
  });
});

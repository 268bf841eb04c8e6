import { strict as assert } from 'node:assert';
import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { diskOf, networkName } from '../../src/store/thread/space';

describe('the disk below a store', () => {
  it('is known to be one over the network by the number of its file system, signed or not', () => {
    assert.equal(networkName(0x6969), 'NFS');
    assert.equal(networkName(0xfe534d42), 'SMB');
    assert.equal(networkName(0xfe534d42 | 0), 'SMB');
    assert.equal(networkName(0x01021997), '9P');
    for (const local of [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630])
      assert.equal(networkName(local), undefined, local.toString(16));
  });

  it('has as much room as the system says', () => {
    const { bavail, bsize } = statfsSync(tmpdir());
    const { free } = diskOf(tmpdir());
    assert.ok(Math.abs(free - bavail * bsize) < 1024 ** 3, `${free}`);
  });
});

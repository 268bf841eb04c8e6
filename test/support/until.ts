import { strict as assert } from 'node:assert';

/** Waits until something holds; a busy machine is given time. */
export async function until(holds: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  for (const end = Date.now() + ms; !(await holds());) {
    if (Date.now() > end) throw new Error(`It did not come to pass in ${ms} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until what is read is what is expected, and fails with both when it does not come to be. */
export async function becomes<T>(read: () => T | Promise<T>, expected: T, ms = 20_000): Promise<void> {
  const isSo = (found: T) => {
    try {
      assert.deepEqual(found, expected);
      return true;
    } catch {
      return false;
    }
  };
  await until(async () => isSo(await read()), ms).catch(() => undefined);
  assert.deepEqual(await read(), expected);
}

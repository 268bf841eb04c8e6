// A reporter that also keeps, in the file FAILED_TESTS, a line for each test that failed: what failed in many runs is told
// once more behind them all.
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

const LONGEST = 400;
const root = path.resolve(__dirname, '../..');

class Failures extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env.FAILED_TESTS;
    if (!file) return;
    runner.on('fail', (test: Mocha.Runnable, error: Error) => {
      const where = path.relative(root, test.file ?? '');
      const why = String(error?.message ?? error).replace(/\s+/g, ' ');
      appendFileSync(file, `${where}: ${test.fullTitle()}: ${why}`.slice(0, LONGEST) + '\n');
    });
  }
}

module.exports = Failures;

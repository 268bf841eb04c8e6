// How tests are run: those that measure alone, the others two files at a time, since most of a test is waiting.

/** They hold times, heaps and gaps against bounds: nothing may run beside them. */
const MEASURE = [
  'expression/bound',
  'event/large',
  'flows/accepted-runs',
  'flows/heap',
  'flows/limits',
  'flows/listener-stays',
  'flows/loops',
  'flows/misp-store',
  'flows/misp-zmq',
  'flows/routes-auth',
  'flows/runs',
  'flows/verdicts',
  'replay/kept-messages',
  'runs/function-code*',
  'sandbox/*',
  'template/template-hostile',
  'workflow/hostile',
  'zmq/*',
].map((name) => `test/${name}.test.ts`);

export const MOCHA = 'node_modules/mocha/bin/mocha.js --no-config --require tsx/cjs --exit'.split(' ');

/**
 * The runs of mocha, as arguments.
 * @param folder which tests of those in `test`, such as `flows`; all without one
 * @param but patterns of files that are left out
 */
export function lanes(folder, but = []) {
  const ours = folder ? MEASURE.filter((file) => file.startsWith(`test/${folder}/`)) : MEASURE;
  const all = folder ? `test/${folder}/**/*.test.ts` : 'test/**/*.test.ts';
  const ignore = (files) => files.flatMap((file) => ['--ignore', file]);
  return [
    [...ours, ...ignore(but)],
    ['--parallel', '--jobs', '2', ...ignore([...ours, ...but]), all],
  ];
}

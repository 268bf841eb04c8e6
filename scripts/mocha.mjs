/** Mocha, as arguments for Node. */
export const MOCHA = 'node_modules/mocha/bin/mocha.js --no-config --require tsx/cjs --exit'.split(' ');

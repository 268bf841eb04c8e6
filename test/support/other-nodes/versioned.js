// A node of the third version of its settings, made with the package's own adaptor.
const path = require('node:path');
const { defineNode } = require(path.resolve(__dirname, '../../../dist/nodes/adaptor.js'));

module.exports = defineNode(
  {
    type: 'test-versioned',
    family: 'logic',
    modules: [],
    version: 3,
    migrations: [
      { from: 1, rename: { word: 'text' } },
      { from: 2, map: { mode: { upper: 'loud' } }, set: { added: 'yes' } },
    ],
    inputs: 1,
    outputs: ['out'],
    fields: {
      text: { kind: 'text', default: '' },
      mode: { kind: 'select', default: 'quiet', options: ['quiet', 'loud'] },
      added: { kind: 'text', default: 'no' },
    },
  },
  ({ config }) => ({
    input(message) {
      if (message.fail === 'sync') throw new Error('thrown');
      if (message.fail === 'async') return Promise.reject(new Error('rejected'));
      if (message.fail === 'odd') return Promise.reject('not an error');
      return [{ ...message, payload: { text: config.text, mode: config.mode, added: config.added } }];
    },
  }),
);

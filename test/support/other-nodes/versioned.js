// A node of the fourth version of its settings, made with the package's own adaptor. test/editor/migration.test.ts
// builds its half in the editor.
const path = require('node:path');
const { defineNode } = require(path.resolve(__dirname, '../../../dist/nodes/adaptor.js'));

const { migrations } = require('./versioned.migrations');

module.exports = defineNode(
  {
    type: 'test-versioned',
    family: 'logic',
    modules: [],
    version: 4,
    migrations,
    inputs: 1,
    outputs: ['out'],
    fields: {
      text: { kind: 'text', default: '' },
      mode: { kind: 'select', default: 'quiet', options: ['quiet', 'loud'] },
      added: { kind: 'text', default: 'no' },
      host: { kind: 'text', default: '' },
      port: { kind: 'number', default: 443, min: 1, max: 65535 },
    },
  },
  ({ config }) => ({
    input(message) {
      if (message.fail === 'sync') throw new Error('thrown');
      if (message.fail === 'async') return Promise.reject(new Error('rejected'));
      if (message.fail === 'odd') return Promise.reject('not an error');
      const { text, mode, added, host, port } = config;
      return [{ ...message, payload: { text, mode, added, host, port } }];
    },
  }),
);

// Nodes as other authors write them: some finish before they send, some never, some throw.
module.exports = function (RED) {
  const define = (type, onInput) => {
    RED.nodes.registerType(type, function (config) {
      RED.nodes.createNode(this, config);
      onInput(this);
    });
  };
  define('other-sends-after-done', (node) =>
    node.on('input', (msg, send, done) => {
      done();
      setTimeout(() => send(msg), 150);
    }),
  );
  define('other-without-done', (node) => node.on('input', (msg) => setTimeout(() => node.send(msg), 150)));
  define('other-never-done', (node) => node.on('input', (msg, send, done) => void [msg, send, done]));
  define('other-throws', (node) =>
    node.on('input', (msg, send, done) => {
      void [msg, send, done];
      throw new Error('thrown by a node');
    }),
  );
  define('other-new-message', (node) =>
    node.on('input', (msg, send, done) => {
      setTimeout(() => {
        send({ payload: msg.payload });
        done();
      }, 20);
    }),
  );
  define('other-fails-late', (node) =>
    node.on('input', (msg, send, done) => {
      done();
      setTimeout(() => node.error('failed late', msg), 150);
    }),
  );
  define('other-hands-over', (node) =>
    node.on('input', (msg, send, done) => {
      done();
      setTimeout(() => RED.events.emit('other:handed-over', msg), 150);
    }),
  );
  define('other-takes-over', (node) => {
    const take = (msg) => node.send(msg);
    RED.events.on('other:handed-over', take);
    node.on('close', () => RED.events.off('other:handed-over', take));
  });
  define('other-warns', (node) =>
    node.on('input', (msg, send, done) => {
      node.warn('dropped');
      done();
    }),
  );
  define('other-good', (node) =>
    node.on('input', (msg, send, done) => {
      send(msg);
      done();
    }),
  );

  // A subflow that a package brings: what is inside stands in no flow file.
  RED.nodes.registerSubflow({
    id: 'other-checks',
    type: 'subflow',
    name: 'Checks of a package',
    meta: { module: 'other-nodes', type: 'other-checks', version: '1.0.0' },
    env: [],
    in: [{ x: 1, y: 1, wires: [{ id: 'checks-if' }] }],
    out: [],
    flow: [
      {
        id: 'checks-if',
        type: 'misp-if-tag',
        z: 'other-checks',
        scope: 'event',
        condition: 'in_or',
        tags: ['tlp:red'],
        clusters: [],
        wires: [['checks-stop'], []],
      },
      {
        id: 'checks-stop',
        type: 'misp-response',
        z: 'other-checks',
        answer: 'block',
        message: 'blocked by the flow',
        wires: [],
      },
    ],
  });
};

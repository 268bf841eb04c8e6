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
  define('other-good', (node) =>
    node.on('input', (msg, send, done) => {
      send(msg);
      done();
    }),
  );
};

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
  // The second is named so in the field cases.
  for (const type of ['other-fails-late', 'bn-laterr']) {
    define(type, (node) =>
      node.on('input', (msg, send, done) => {
        done();
        setTimeout(() => node.error('failed late', msg), 150);
      }),
    );
  }
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
  // Says that it has finished, and answers a second time: on its second output.
  define('other-answers-twice', (node) =>
    node.on('input', (msg, send, done) => {
      send([msg, null]);
      done();
      setTimeout(() => node.send([null, { ...msg }]), 150);
    }),
  );
  // Gives each message the payload of the one before.
  define('other-mixes', (node) => {
    let before;
    node.on('input', (msg, send, done) => {
      [before, msg.payload] = [msg.payload, before ?? msg.payload];
      send(msg);
      done();
    });
  });
  define('other-good', (node) =>
    node.on('input', (msg, send, done) => {
      send(msg);
      done();
    }),
  );
};

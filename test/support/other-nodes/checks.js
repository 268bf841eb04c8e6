module.exports = function (RED) {
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

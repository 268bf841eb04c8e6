// Subflows that a package brings: what is inside stands in no flow file.
module.exports = function (RED) {
  // The second is named so in the field cases.
  for (const type of ['other-checks', 'bn-checks']) RED.nodes.registerSubflow(checks(type));
};

function checks(type) {
  return {
    id: type,
    type: 'subflow',
    name: 'Checks of a package',
    meta: { module: 'other-nodes', type, version: '1.0.0' },
    env: [],
    in: [{ x: 1, y: 1, wires: [{ id: `${type}-if` }] }],
    out: [],
    flow: [
      {
        id: `${type}-if`,
        type: 'misp-if-tag',
        z: type,
        scope: 'event',
        condition: 'in_or',
        tags: ['tlp:red'],
        clusters: [],
        wires: [[`${type}-stop`], []],
      },
      {
        id: `${type}-stop`,
        type: 'misp-response',
        z: type,
        answer: 'block',
        message: 'blocked by the flow',
        wires: [],
      },
    ],
  };
}

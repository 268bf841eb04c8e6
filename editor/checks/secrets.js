/**
 * Which secrets the nodes of the workspace have. The editor loads those of a node when its form is opened; the checks
 * ask for them before. What nobody has told is not known.
 */
export function watchSecrets(descriptions, changed) {
  const known = new Map();
  const asked = new Set();
  const isOfInterest = ({ type }) =>
    Object.values(descriptions[type]?.fields ?? {}).some(
      ({ kind, required }) => kind === 'secret' && required,
    );

  /** After a load or a deploy the runtime is asked anew. */
  const forget = () => {
    known.clear();
    asked.clear();
  };
  RED.events.on('workspace:clear', forget);
  RED.events.on('deploy', forget);

  return (node) => {
    if (!isOfInterest(node)) return undefined;
    if (node.credentials) return node.credentials;
    if (!asked.has(node.id)) {
      asked.add(node.id);
      $.getJSON(`credentials/${node.type}/${node.id}`, (secrets) => {
        known.set(node.id, secrets);
        changed();
      });
    }
    return known.get(node.id);
  };
}

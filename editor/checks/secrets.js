import { forgetSecrets, secretsOf, tellSecrets, validateAgain } from '../known-secrets.js';

/**
 * Which secrets the nodes of the workspace have. The editor loads those of a node when its form is opened; the checks
 * ask for them before. What nobody has told is not known.
 * @param changed called when more is known
 */
export function watchSecrets(descriptions, changed) {
  const asked = new Set();
  const needsSecrets = ({ type }) =>
    Object.values(descriptions[type]?.fields ?? {}).some(
      ({ kind, required }) => kind === 'secret' && required,
    );

  /** After a load or a deploy the runtime is asked anew. */
  const forget = () => {
    forgetSecrets();
    asked.clear();
  };
  RED.events.on('workspace:clear', forget);
  RED.events.on('deploy', forget);

  return (node) => {
    if (!needsSecrets(node)) return undefined;
    const known = secretsOf(node);
    if (!known && !asked.has(node.id)) ask(node);
    return known;
  };

  function ask(node) {
    asked.add(node.id);
    $.getJSON(`credentials/${node.type}/${node.id}`, (secrets) => {
      tellSecrets(node.id, secrets);
      validateAgain(node);
      changed();
    });
  }
}

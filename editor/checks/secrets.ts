import type { Registered } from '../plugin';
import { forgetSecrets, secretsOf, tellSecrets, validateAgain, type Secrets } from '../known-secrets';

/**
 * Which secrets the nodes of the workspace have. The editor loads those of a node when its form is opened; the checks
 * ask for them before. What nobody has told is not known.
 * @param changed called when more is known
 */
export function watchSecrets(
  descriptions: Readonly<Record<string, Registered | undefined>>,
  changed: () => void,
): (node: EditorNode) => Secrets | undefined {
  const asked = new Set<string>();
  const needsSecrets = ({ type }: EditorNode) =>
    Object.values(descriptions[type]?.fields ?? {}).some(
      (field) => field.kind === 'secret' && field.required,
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

  function ask(node: EditorNode): void {
    asked.add(node.id);
    $.ajax({ url: `credentials/${node.type}/${node.id}`, dataType: 'json' }).done((secrets) => {
      tellSecrets(node.id, secrets as Secrets);
      validateAgain(node);
      changed();
    });
  }
}

/** Secrets as they were typed, and as `has_<name>` whether there is a saved one. */
export type Secrets = Readonly<Record<string, unknown>>;

/** What the runtime told of the secrets of nodes whose form has not been open, by node id. */
const told = new Map<string, Secrets>();

/** Which secrets a node has: as entered, or as the runtime told; undefined if that is not known. */
export function secretsOf({ id, credentials }: EditorNode): Secrets | undefined {
  return credentials ?? told.get(id);
}

export function tellSecrets(id: string, secrets: Secrets): void {
  told.set(id, secrets);
}

export function forgetSecrets(): void {
  told.clear();
}

/** A node whose secrets are known now, and those that use it. */
export function validateAgain(node: EditorNode): void {
  RED.editor.validateNode(node);
  for (const user of node.users ?? []) {
    RED.editor.validateNode(user);
    user.dirty = true;
  }
  node.dirty = true;
  RED.view.redraw();
}

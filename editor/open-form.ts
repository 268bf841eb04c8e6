type ValueOf = (name: string) => unknown;

/** How to read the fields of the forms that are open, by node. */
const readers = new WeakMap<EditorNode, ValueOf>();

/** From now on the values in its form are those of a node. */
export function formOpened(node: EditorNode, valueOf: ValueOf): void {
  readers.set(node, valueOf);
}

export function formClosed(node: EditorNode): void {
  readers.delete(node);
}

/** A setting of a node: as its form shows it while that is open, else as it is saved. */
export function settingOf(node: EditorNode, name: string): unknown {
  const valueOf = readers.get(node);
  return valueOf ? valueOf(name) : node[name];
}

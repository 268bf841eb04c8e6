/** How to read the fields of the forms that are open, by node. */
const readers = new WeakMap();

/** From now on the values in its form are those of a node. */
export function formOpened(node, valueOf) {
  readers.set(node, valueOf);
}

export function formClosed(node) {
  readers.delete(node);
}

/** A setting of a node: as its form shows it while that is open, else as it is saved. */
export function settingOf(node, name) {
  const valueOf = readers.get(node);
  return valueOf ? valueOf(name) : node[name];
}

import type { Compiler } from './compile';
import type { Frame } from './frame';
import { toArray } from './iterate';
import type { Tree } from './library';
import { Problem } from './problem';
import { Thing, typeName } from './values';

/** Gives a value to what stands left of `=`, or between `for` and `in`. */
export type Target = (frame: Frame, value: unknown) => void;

/** A name, several names, or an attribute of a namespace. */
export function compileTarget(tree: Tree, compiler: Compiler): Target {
  if (tree.type === 'Identifier') {
    if (/^(?:true|false|none|True|False|None)$/.test(tree.value)) throw compiler.unexpected(tree);
    return (frame, value) => frame.set(tree.value, value);
  }
  if (tree.type === 'TupleLiteral') {
    const targets = tree.value.map((one) => compileTarget(one, compiler));
    return (frame, value) => {
      const values = toArray(frame.rt, value);
      if (values.length !== targets.length) {
        throw new Problem('unpack', { wanted: targets.length, got: values.length });
      }
      targets.forEach((target, index) => target(frame, values[index] ?? null));
    };
  }
  if (tree.type !== 'MemberExpression' || tree.computed) throw compiler.unexpected(tree);
  const { object, property } = tree;
  if (object.type !== 'Identifier' || property.type !== 'Identifier') throw compiler.unexpected(tree);
  return (frame, value) => {
    const namespace = frame.get(object.value);
    if (!(namespace instanceof Thing) || !namespace.assign) {
      throw new Problem('notNamespace', { type: typeName(namespace) });
    }
    namespace.assign(property.value, value);
  };
}

import type { Compiler, Expression } from './compile';
import type { Frame } from './frame';
import { iterate } from './iterate';
import type { Tree } from './library';
import { pairsOf } from './methods';
import { Problem } from './problem';
import { isText, asText } from './values';
import type { Named } from './values';

/** Works out the arguments of a call. */
export type Arguments = (frame: Frame) => [args: unknown[], named: Named];

type Given = (frame: Frame, args: unknown[], named: Map<string, unknown>) => void;

/** Arguments by place and by name, and `*list` and `**dict`. */
export function compileArguments(
  trees: readonly Tree[],
  compiler: Compiler,
  read: (tree: Tree, compiler: Compiler) => Expression,
): Arguments {
  const given = trees.map((tree): Given => {
    if (tree.type === 'KeywordArgumentExpression') {
      const value = read(tree.value, compiler);
      return (frame, _, named) => setNamed(named, tree.key.value, value(frame));
    }
    if (tree.type === 'SpreadExpression') {
      const list = read(tree.argument, compiler);
      return (frame, args) => {
        for (const item of iterate(frame.rt, list(frame))) args.push(item);
      };
    }
    if (tree.type === 'KeywordSpreadExpression') {
      const dict = read(tree.argument, compiler);
      return (frame, _, named) => {
        for (const [key, value] of pairsOf(frame.rt, dict(frame))) {
          if (!isText(key)) throw new Problem('keyNotText');
          setNamed(named, asText(key), value);
        }
      };
    }
    const value = read(tree, compiler);
    return (frame, args) => void args.push(value(frame));
  });
  return (frame) => {
    const args: unknown[] = [];
    const named = new Map<string, unknown>();
    for (const give of given) give(frame, args, named);
    return [args, named];
  };
}

function setNamed(named: Map<string, unknown>, name: string, value: unknown): void {
  if (named.has(name)) throw new Problem('argumentTwice', { argument: name });
  named.set(name, value);
}

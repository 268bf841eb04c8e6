/** Python's slices: `list[1:3]`, `text[::-1]`. */
import { missing } from './missing';
import type { Expression } from './compile';
import { characters, newList } from './iterate';
import type { Tree } from './library';
import { Problem } from './problem';
import type { Runtime } from './values';
import { indexOf, isList, isText, Markup, asText, Tuple, typeName, Undefined, View } from './values';

type SliceTree = Extract<Tree, { type: 'SliceExpression' }>;

export function compileSlice(
  object: Expression,
  tree: SliceTree,
  read: (tree: Tree) => Expression,
): Expression {
  const bounds = [tree.start, tree.stop, tree.step].map((one) => (one ? read(one) : () => null));
  return (frame) => {
    const value = object(frame);
    return slice(frame.rt, value, ...bounds.map((bound) => bound(frame)));
  };
}

function slice(rt: Runtime, value: unknown, ...bounds: unknown[]): unknown {
  if (value instanceof Undefined && !rt.chainable) throw missing(value, '[:]');
  const [start, stop, step] = bounds.map((bound) => {
    if (bound === null) return undefined;
    const index = indexOf(bound);
    if (index === undefined) throw new Problem('sliceIndex');
    return index;
  });
  if (step === 0) throw new Problem('sliceStep');
  const pick = (items: readonly unknown[]) => picked(rt, items, start, stop, step ?? 1);
  if (isText(value)) {
    rt.budget.read(asText(value).length);
    const text = pick(characters(asText(value))).join('');
    return value instanceof Markup ? new Markup(text) : text;
  }
  if (isList(value)) return newList(rt, pick(value));
  if (value instanceof Tuple) return new Tuple(pick(value.items));
  if (value instanceof View && value.pythonType === 'range')
    return new View('range', pick(value.items), value.shown);
  throw new Problem('notSliceable', { type: typeName(value) });
}

function picked(
  rt: Runtime,
  items: readonly unknown[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): unknown[] {
  const { length } = items;
  const [lowest, highest] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (at: number) => Math.min(highest, Math.max(lowest, at < 0 ? at + length : at));
  const from = start === undefined ? (step > 0 ? lowest : highest) : clamp(start);
  const to = stop === undefined ? (step > 0 ? highest : lowest) : clamp(stop);
  if (step === 1) {
    rt.budget.spend(Math.max(0, to - from) / 16);
    return items.slice(from, Math.max(from, to));
  }
  const out: unknown[] = [];
  for (let at = from; step > 0 ? at < to : at > to; at += step) out.push(items[at]);
  rt.budget.spend(out.length);
  return out;
}

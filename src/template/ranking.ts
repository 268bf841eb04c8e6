import type { Expression } from './compile';
import { comparisons, concatenate, operations, ranks } from './operators';

/** Puts operands between operators of all ranks into Jinja2's order. */
export function ranked(operands: Expression[], signs: string[]): Expression {
  let at = 0;
  const climb = (rank: number): Expression => {
    if (rank === ranks.length) return operands[at];
    const parts = [climb(rank + 1)];
    const own: string[] = [];
    while (at < signs.length && ranks[rank].includes(signs[at])) {
      own.push(signs[at++]);
      parts.push(climb(rank + 1));
    }
    return own.length === 0 ? parts[0] : joined(parts, own);
  };
  return climb(0);
}

/** Operands with operators of one rank between them. */
function joined(parts: Expression[], signs: string[]): Expression {
  if (signs[0] === '~')
    return (frame) =>
      concatenate(
        frame.rt,
        parts.map((part) => part(frame)),
      );
  if (comparisons.has(signs[0])) return chain(parts, signs);
  const [first, ...rest] = parts;
  return (frame) =>
    rest.reduce((value, part, index) => {
      frame.rt.budget.spend();
      return operations[signs[index]](frame.rt, value, part(frame));
    }, first(frame));
}

/** `a < b < c`: all of them, and none further than the first that is false. */
function chain(parts: Expression[], signs: string[]): Expression {
  return (frame) => {
    let left = parts[0](frame);
    for (const [index, sign] of signs.entries()) {
      const right = parts[index + 1](frame);
      if (operations[sign](frame.rt, left, right) !== true) return false;
      left = right;
    }
    return true;
  };
}

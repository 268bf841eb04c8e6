/** The functions that Jinja2 gives every template. */
import { wholeNumber } from './arguments';
import { MAX_RANGE } from './limits';
import { pairsOf } from './methods';
import { Problem } from './problem';
import type { Named, Runtime } from './values';
import { Callable, Dict, isText, asText, Thing, View } from './values';

type Function = (rt: Runtime, args: unknown[], named: Named) => unknown;

const functions: Readonly<Record<string, Function>> = {
  range: (rt, args) =>
    range(
      rt,
      args.map((arg) => wholeNumber('range', arg)),
    ),
  dict: (rt, args, named) => {
    const made = Dict.of(pairs(rt, args, named));
    rt.owned.add(made);
    return made;
  },
  namespace: (rt, args, named) => {
    const values = new Map<string, unknown>();
    for (const [key, value] of pairs(rt, args, named)) if (isText(key)) values.set(asText(key), value);
    return new Thing(
      'Namespace',
      (name) => values.get(name),
      (name, value) => void values.set(name, value),
    );
  },
  cycler: (_, args) => cycler(args),
  joiner: (_, args) => {
    const [separator = ', '] = args;
    let used = false;
    return new Callable('joiner', () => {
      const text = used ? separator : '';
      used = true;
      return text;
    });
  },
};

/** The functions by name, for one rendering. */
export function globalsOf(rt: Runtime): Dict {
  return Dict.of(
    Object.entries(functions).map(([name, run]): [string, Callable] => [
      name,
      new Callable(name, (args, named) => {
        rt.budget.spend(1 + args.length);
        return run(rt, args, named);
      }),
    ]),
  );
}

function pairs(rt: Runtime, args: unknown[], named: Named): [unknown, unknown][] {
  if (args.length > 1) throw new Problem('tooManyArguments', { name: 'dict' });
  return [...args.flatMap((source) => [...pairsOf(rt, source)]), ...named];
}

function range(rt: Runtime, args: number[]): View {
  if (args.length === 0) throw new Problem('argumentMissing', { name: 'range', argument: 'stop' });
  if (args.length > 3) throw new Problem('tooManyArguments', { name: 'range' });
  const [start, stop, step = 1] = args.length === 1 ? [0, args[0]] : args;
  if (step === 0) throw new Problem('sliceStep');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= MAX_RANGE)) throw new Problem('rangeTooLong', { limit: MAX_RANGE });
  rt.budget.spend(length / 16);
  const shown = `range(${start}, ${stop}${step === 1 ? '' : `, ${step}`})`;
  return new View(
    'range',
    Array.from({ length }, (_, index) => start + index * step),
    () => shown,
  );
}

function cycler(items: unknown[]): Thing {
  if (items.length === 0) throw new Problem('argumentMissing', { name: 'cycler', argument: '1' });
  let at = 0;
  const next = new Callable('next', () => {
    const item = items[at];
    at = (at + 1) % items.length;
    return item;
  });
  const reset = new Callable('reset', () => {
    at = 0;
    return null;
  });
  return new Thing('Cycler', (name) => {
    if (name === 'current') return items[at];
    return name === 'next' ? next : name === 'reset' ? reset : undefined;
  });
}

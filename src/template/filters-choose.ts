/** The filters that apply another filter or a test to every entry: `map`, `select`, `reject` and theirs. */
import { reader } from './attribute-path';
import { plainText } from './arguments';
import { formatPercent } from './format-percent';
import { Problem } from './problem';
import { iterate, lazily } from './iterate';
import { show } from './python-print';
import type { Applied, Named, Runtime } from './values';
import { Dict, isTrue, isText, Tuple } from './values';

export const choosers: Readonly<Record<string, Applied<unknown>>> = {
  map: (rt, list, args, named) => {
    const change = changer(rt, args, named);
    return lazily(function* () {
      if (!isTrue(list)) return;
      for (const item of iterate(rt, list)) yield change(item);
    });
  },
  select: (rt, list, args, named) => choose(rt, list, tester(rt, args, named), true),
  reject: (rt, list, args, named) => choose(rt, list, tester(rt, args, named), false),
  selectattr: (rt, list, args, named) => choose(rt, list, attributeTester(rt, args, named), true),
  rejectattr: (rt, list, args, named) => choose(rt, list, attributeTester(rt, args, named), false),
  format: (rt, value, args, named) => {
    if (args.length > 0 && named.size > 0) throw new Problem('formatMixed');
    const text = isText(value) ? value : show(rt, value);
    return formatPercent(rt, text, named.size > 0 ? Dict.of(named) : new Tuple(args));
  },
};

/** What `map` does with an entry: read an attribute, or apply a filter. */
function changer(rt: Runtime, args: unknown[], named: Named): (item: unknown) => unknown {
  if (args.length === 0 && named.has('attribute')) {
    for (const name of named.keys()) {
      if (name !== 'attribute' && name !== 'default') {
        throw new Problem('wrongArgument', { name: 'map', argument: name });
      }
    }
    return reader(rt, named.get('attribute'), named.get('default'));
  }
  if (args.length === 0) throw new Problem('argumentMissing', { name: 'map', argument: 'filter' });
  const name = plainText('map', args[0]);
  const filter = rt.filters.get(name);
  if (!filter) throw new Problem('filterUnknown', { name });
  return (item) => rt.budget.deeper(() => filter(rt, item, args.slice(1), named));
}

function tester(rt: Runtime, args: unknown[], named: Named): (item: unknown) => boolean {
  if (args.length === 0) return isTrue;
  const name = plainText('select', args[0]);
  const test = rt.tests.get(name);
  if (!test) throw new Problem('testUnknown', { name });
  return (item) => test(rt, item, args.slice(1), named);
}

function attributeTester(rt: Runtime, args: unknown[], named: Named): (item: unknown) => boolean {
  if (args.length === 0) throw new Problem('argumentMissing', { name: 'selectattr', argument: 'attribute' });
  const read = reader(rt, args[0]);
  const test = tester(rt, args.slice(1), named);
  return (item) => test(read(item));
}

function choose(rt: Runtime, list: unknown, test: (item: unknown) => boolean, wanted: boolean): unknown {
  return lazily(function* () {
    if (!isTrue(list)) return;
    for (const item of iterate(rt, list)) if (test(item) === wanted) yield item;
  });
}

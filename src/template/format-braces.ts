/** Python's `"{}".format(values)`, in the sandbox: names that begin with an underscore are not there. */
import { floatDigits, grouped, pad, withSign } from './format-number';
import { Problem } from './problem';
import { represent, show, showFloat } from './python-print';
import type { Named, Runtime } from './values';
import { isFloat, isInteger, isText, numberOf, typeName, Undefined } from './values';

/** Numbers fields without a name. */
interface Counter {
  next: number;
}

/** How `{0.name}` and `{0[key]}` are read. */
export interface Access {
  attributeOf(rt: Runtime, value: unknown, name: string): unknown;
  itemOf(rt: Runtime, value: unknown, key: unknown): unknown;
}

/** What a format is filled with. */
interface Values extends Access {
  args: unknown[];
  named: Named;
}

/** Fills a text. @throws {Problem} if a field cannot be read or its value is missing */
export function formatBraces(
  rt: Runtime,
  template: string,
  args: unknown[],
  named: Named,
  access: Access,
): string {
  rt.budget.room(template.length);
  return fill(rt, template, { ...access, args, named }, { next: 0 }, 2);
}

function fill(rt: Runtime, template: string, values: Values, counter: Counter, levels: number): string {
  if (levels === 0) throw new Problem('formatTooDeep');
  let out = '';
  for (let at = 0; at < template.length;) {
    const one = template[at];
    if (one !== '{' && one !== '}') {
      const end = /[{}]|$/g;
      end.lastIndex = at;
      const next = end.exec(template)?.index ?? template.length;
      out += template.slice(at, next);
      at = next;
    } else if (template[at + 1] === one) {
      out += one;
      at += 2;
    } else {
      const end = one === '{' ? fieldEnd(template, at) : -1;
      if (end < 0) throw new Problem('formatBrace');
      out += field(rt, template.slice(at + 1, end), values, counter, levels);
      at = end + 1;
    }
    rt.budget.spend();
    rt.budget.fits(out.length);
  }
  return rt.budget.made(out);
}

function fieldEnd(template: string, start: number): number {
  let depth = 0;
  for (let at = start; at < template.length; at++) {
    if (template[at] === '{') depth++;
    if (template[at] === '}' && --depth === 0) return at;
  }
  return -1;
}

function field(rt: Runtime, text: string, values: Values, counter: Counter, levels: number): string {
  const parts = /^([^!:]*)(?:!([rsa]))?(?::([\s\S]*))?$/.exec(text);
  if (!parts) throw new Problem('formatBrace');
  const [, path, conversion, spec = ''] = parts;
  const value = lookUp(rt, path, values, counter);
  const layout = spec.includes('{') ? fill(rt, spec, values, counter, levels - 1) : spec;
  if (conversion === 'r' || conversion === 'a') return formatSpec(rt, represent(rt, value), layout);
  return formatSpec(rt, conversion === 's' ? show(rt, value) : value, layout);
}

function lookUp(rt: Runtime, path: string, values: Values, counter: Counter): unknown {
  const [, first = '', rest = ''] = /^([^.[]*)([\s\S]*)$/.exec(path) ?? [];
  let value: unknown;
  if (first === '' || /^\d+$/.test(first)) {
    const index = first === '' ? counter.next++ : Number(first);
    if (index >= values.args.length) throw new Problem('formatMissing');
    value = values.args[index];
  } else {
    if (!values.named.has(first)) throw new Problem('formatMissing');
    value = values.named.get(first);
  }
  for (const [, name, key] of rest.matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
    const index = /^\d+$/.test(key) ? Number(key) : key;
    value = name === undefined ? values.itemOf(rt, value, index) : values.attributeOf(rt, value, name);
  }
  return value;
}

const specPattern = /^(?:([\s\S])?([<>=^]))?([-+ ]?)(z?)(#?)(0?)(\d*)([,_]?)(?:\.(\d+))?([a-zA-Z%]?)$/u;

/** Writes a value by a format such as `>10`, `,.2f`, `05d`, `x`. */
export function formatSpec(rt: Runtime, value: unknown, spec: string): string {
  if (spec === '') return show(rt, value);
  const parts = specPattern.exec(spec);
  if (!parts) throw new Problem('formatUnknown', { text: spec.slice(0, 40) });
  const [, fill, align, sign, , alternate, zero, width, group, precision, kind] = parts;
  const layout = { fill: fill ?? (zero && !align ? '0' : ' '), align, sign, width: Number(width || 0) };
  const digits = precision === undefined ? undefined : Number(precision);
  if (isText(value)) {
    const numeric = sign !== '' || group !== '' || align === '=' || (kind !== '' && kind !== 's');
    if (numeric) throw new Problem('formatUnknown', { text: spec.slice(0, 40) });
    const text =
      digits === undefined ? show(rt, value) : Array.from(show(rt, value)).slice(0, digits).join('');
    return pad(rt.budget, text, { ...layout, align: align ?? '<' });
  }
  const number = numberOf(value);
  if (number === undefined) {
    const what = value instanceof Undefined ? 'Undefined' : typeName(value);
    throw new Problem('formatType', { type: what, text: spec.slice(0, 40) });
  }
  const written = writeNumber(value, number, kind, digits, alternate === '#');
  const text = withSign(number < 0 || Object.is(number, -0), group ? grouped(written, group) : written, sign);
  return pad(rt.budget, text, { ...layout, align: align ?? (zero ? '=' : '>') });
}

function writeNumber(
  value: unknown,
  number: number | bigint,
  kind: string,
  precision: number | undefined,
  alternate: boolean,
): string {
  const size = Number(number);
  if (kind === '%') return `${floatDigits(size * 100, 'f', precision, alternate)}%`;
  if (kind !== '' && 'eEfFgG'.includes(kind)) return floatDigits(size, kind, precision, alternate);
  if (isFloat(value)) {
    if (kind === 'n') return floatDigits(size, 'g', precision, alternate);
    if (kind !== '') throw new Problem('formatUnknown', { text: kind });
    if (precision === undefined) return showFloat(Math.abs(size));
    const general = floatDigits(size, 'g', precision, alternate);
    return /[.en]/.test(general) ? general : `${general}.0`;
  }
  const radix = { '': 10, d: 10, n: 10, b: 2, o: 8, x: 16, X: 16 }[kind];
  if (kind === 'c' && isInteger(value)) return String.fromCodePoint(size);
  if (radix === undefined || precision !== undefined) throw new Problem('formatUnknown', { text: kind });
  const absolute = BigInt(number) < 0n ? -BigInt(number) : BigInt(number);
  const digits = absolute.toString(radix);
  return (alternate && radix !== 10 ? `0${kind}` : '') + (kind === 'X' ? digits.toUpperCase() : digits);
}

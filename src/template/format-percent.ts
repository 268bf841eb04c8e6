/** Python's `"%s" % values`. */
import { floatDigits, pad, withSign } from './format-number';
import { Problem } from './problem';
import { escapeHtml, represent, show } from './python-print';
import type { Runtime } from './values';
import {
  entry,
  isDict,
  isFloat,
  isInteger,
  isList,
  isText,
  Markup,
  numberOf,
  asText,
  Tuple,
  typeName,
  Undefined,
  View,
} from './values';

const pattern = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlL]?([\s\S]?)/g;

/** Fills a text. @throws {Problem} if values are missing, left over or of a wrong type */
export function formatPercent(rt: Runtime, template: string | Markup, given: unknown): string | Markup {
  const values = given instanceof Tuple ? given.items : [given];
  let used = 0;
  let byName = false;
  const next = (): unknown => {
    if (used >= values.length) throw new Problem('formatMissing');
    return values[used++];
  };
  let length = 0;
  const safe = (value: unknown) =>
    template instanceof Markup && numberOf(value) === undefined ? escapeHtml(rt, value) : value;
  const text = asText(template);
  rt.budget.room(text.length);
  const filled = text.replace(
    pattern,
    (_, name: string | undefined, flags: string, width: string, precision, kind) => {
      if (kind === '%') return '%';
      if (name !== undefined) byName = true;
      const size = width === '*' ? star(next()) : Number(width || 0);
      const digits =
        precision === '*' ? star(next()) : precision === undefined ? undefined : Number(precision || 0);
      const value = name === undefined ? next() : named(given, name);
      const left = flags.includes('-') || size < 0;
      const written = convert(rt, safe(value), String(kind), flags, digits);
      const zero = flags.includes('0') && !left && 'dioxXeEfFgGu'.includes(String(kind));
      const layout = {
        fill: zero ? '0' : ' ',
        align: left ? '<' : zero ? '=' : '>',
        sign: '',
        width: Math.abs(size),
      };
      const part = pad(rt.budget, written, layout);
      rt.budget.fits((length += part.length));
      return part;
    },
  );
  const leftOver = used < values.length && !byName && !hasEntries(given);
  if (leftOver) throw new Problem('formatLeftOver');
  rt.budget.room(filled.length);
  return template instanceof Markup ? new Markup(filled) : filled;
}

/** Lists and dicts may be left over: Python takes them for values by name. */
function hasEntries(given: unknown): boolean {
  return isDict(given) || isList(given) || given instanceof View || given instanceof Undefined;
}

function named(given: unknown, name: string): unknown {
  const value = isDict(given) ? entry(given, name) : undefined;
  if (value === undefined) throw new Problem('formatMissing');
  return value;
}

function star(value: unknown): number {
  if (!isInteger(value)) throw new Problem('wrongType', { name: '*', type: typeName(value), wanted: 'int' });
  return Number(value);
}

function convert(
  rt: Runtime,
  value: unknown,
  kind: string,
  flags: string,
  precision: number | undefined,
): string {
  const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const cut = (text: string) =>
    precision === undefined ? text : Array.from(text).slice(0, precision).join('');
  if (kind === 's') return cut(show(rt, value));
  if (kind === 'r' || kind === 'a') return cut(represent(rt, value));
  if (kind === 'c') return character(value);
  if (kind === '' || !'diuoxXeEfFgG'.includes(kind)) throw new Problem('formatUnknown', { text: kind });
  if (value instanceof Undefined) throw new Problem('missing', { name: value.name, wanted: `%${kind}` });
  const number = numberOf(value);
  const whole = 'oxX'.includes(kind);
  if (number === undefined || (whole && isFloat(value))) {
    throw new Problem('wrongType', { name: `%${kind}`, type: typeName(value), wanted: 'number' });
  }
  if ('eEfFgG'.includes(kind)) {
    return withSign(
      isNegative(number),
      floatDigits(Number(number), kind, precision, flags.includes('#')),
      sign,
    );
  }
  const integer = typeof number === 'bigint' ? number : BigInt(Math.trunc(finite(number)));
  const digits = (integer < 0n ? -integer : integer)
    .toString(radixes[kind] ?? 10)
    .padStart(precision ?? 0, '0');
  const prefix = flags.includes('#') && whole ? `0${kind}` : '';
  return withSign(integer < 0n, prefix + (kind === 'X' ? digits.toUpperCase() : digits), sign);
}

const radixes: Partial<Record<string, number>> = { o: 8, x: 16, X: 16 };

function isNegative(number: number | bigint): boolean {
  return number < 0 || Object.is(number, -0);
}

function finite(number: number): number {
  if (!Number.isFinite(number)) throw new Problem('tooLarge');
  return number;
}

function character(value: unknown): string {
  if (isText(value) && Array.from(asText(value)).length === 1) return asText(value);
  if (isInteger(value) && value >= 0 && value <= 0x10ffff) return String.fromCodePoint(Number(value));
  throw new Problem('wrongType', { name: '%c', type: typeName(value), wanted: 'int' });
}

/** How Python writes values: `str` and `repr`; and text for HTML. */
import { iterate } from './iterate';
import type { Runtime } from './values';
import {
  Callable,
  entry,
  Float,
  Generator,
  isInteger,
  isList,
  isText,
  keysOf,
  Markup,
  asText,
  Thing,
  Tuple,
  typeName,
  Undefined,
  View,
} from './values';
import type { Dict } from './values';

type AnyDict = Dict | Record<string, unknown>;

/** Python's `str`. */
export function show(rt: Runtime, value: unknown): string {
  if (isText(value)) {
    rt.budget.read(asText(value).length);
    return asText(value);
  }
  return value instanceof Undefined ? '' : represent(rt, value);
}

/** Python's `repr`. */
export function represent(rt: Runtime, value: unknown): string {
  rt.budget.spend();
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof Markup) return `Markup(${quote(rt, value.text)})`;
  if (typeof value === 'string') return quote(rt, value);
  if (isInteger(value)) return showInteger(value);
  if (value instanceof Float || typeof value === 'number') return showFloat(Number(numberIn(value)));
  return rt.budget.deeper(() => rt.budget.made(representMany(rt, value)));
}

function numberIn(value: Float | number): number {
  return value instanceof Float ? value.value : value;
}

function representMany(rt: Runtime, value: unknown): string {
  if (isList(value)) return `[${listed(rt, value)}]`;
  if (value instanceof Tuple) return `(${listed(rt, value.items)}${value.items.length === 1 ? ',' : ''})`;
  if (value instanceof View) {
    return value.shown(value.pythonType === 'range' ? '' : `[${listed(rt, value.items)}]`);
  }
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Generator) return '<generator object>';
  if (value instanceof Callable || value instanceof Thing) return `<${typeName(value)}>`;
  const pairs = keysOf(value as AnyDict).map((key) => {
    return `${represent(rt, key)}: ${represent(rt, entry(value as AnyDict, key))}`;
  });
  return `{${pairs.join(', ')}}`;
}

function listed(rt: Runtime, items: readonly unknown[]): string {
  let length = 0;
  const parts = [];
  for (const item of items) {
    const part = represent(rt, item);
    rt.budget.fits((length += part.length));
    parts.push(part);
  }
  return parts.join(', ');
}

/** An integer of any size. */
export function showInteger(value: number | bigint): string {
  return typeof value === 'number' && Math.abs(value) < 1e21 ? String(value + 0) : BigInt(value).toString();
}

/** A float as Python writes it: the shortest digits, an exponent from 1e16 and below 1e-4. */
export function showFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits, exponent] = value.toExponential().split('e');
  if (value !== 0 && (Number(exponent) < -4 || Number(exponent) >= 16)) {
    const sign = exponent.startsWith('-') ? '-' : '+';
    return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
  }
  const plain = Math.abs(value) < 1e-6 && value !== 0 ? value.toFixed(Math.min(100, 22)) : String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

const named: Partial<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };

function quote(rt: Runtime, text: string): string {
  rt.budget.room(text.length);
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replace(/[\\'"]|(?! )[\p{C}\p{Z}]/gu, (one) => {
    if (one === "'" || one === '"') return one === mark ? `\\${one}` : one;
    return named[one] ?? escaped(one.codePointAt(0) ?? 0);
  });
  return mark + inside + mark;
}

function escaped(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** Text for HTML, as MarkupSafe escapes it; marked text stays as it is. */
export function escapeHtml(rt: Runtime, value: unknown): Markup {
  if (value instanceof Markup) return value;
  const text = show(rt, value);
  const safe = text.replace(/[&<>'"]/g, (one) => entities[one] ?? one);
  return new Markup(rt.budget.made(safe));
}

const entities: Partial<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

/** Joins texts, escaping what is not marked if one side is. */
export function joinMarkup(rt: Runtime, parts: readonly unknown[]): Markup {
  return new Markup(rt.budget.made(parts.map((part) => escapeHtml(rt, part).text).join('')));
}

/** Every value of a list as text. */
export function shown(rt: Runtime, list: unknown): string[] {
  let length = 0;
  return [...iterate(rt, list)].map((item) => {
    const part = show(rt, item);
    rt.budget.fits((length += part.length));
    return part;
  });
}

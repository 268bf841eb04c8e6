/** Python's JSON. */
import { compare } from './compare';
import { Problem } from './problem';
import { showFloat, showInteger } from './python-print';
import type { Runtime } from './values';
import { entry, Float, isDict, isInteger, isList, isText, keysOf, asText, Tuple, typeName } from './values';

/** JSON as Jinja2's `tojson` writes it: names sorted, ASCII only, safe in HTML. */
export function toJson(rt: Runtime, value: unknown, indent: number | string | undefined): string {
  const json = new JsonWriter(rt, typeof indent === 'number' ? ' '.repeat(Math.max(indent, 0)) : indent);
  return rt.budget.made(json.write(value, 0)).replace(/[<>&']/g, (one) => escapedUnit(one));
}

class JsonWriter {
  #length = 0;

  constructor(
    readonly rt: Runtime,
    readonly indent: string | undefined,
  ) {}

  write(value: unknown, level: number): string {
    this.rt.budget.spend();
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'boolean') return String(value);
    if (isText(value)) return this.#text(asText(value));
    if (isInteger(value)) return showInteger(value);
    if (value instanceof Float || typeof value === 'number')
      return jsonFloat(value instanceof Float ? value.value : value);
    return this.rt.budget.deeper(() => this.#many(value, level));
  }

  #many(value: unknown, level: number): string {
    const items = isList(value) ? value : value instanceof Tuple ? value.items : undefined;
    if (items) {
      return this.#bracketed(
        '[]',
        items.map((item) => this.#counted(this.write(item, level + 1))),
        level,
      );
    }
    if (!isDict(value)) throw new Problem('notJson', { type: typeName(value) });
    const keys = [...keysOf(value)].sort((a, b) => compare(this.rt, a, b));
    const pairs = keys.map((key) =>
      this.#counted(`${this.#key(key)}: ${this.write(entry(value, key), level + 1)}`),
    );
    return this.#bracketed('{}', pairs, level);
  }

  #counted(part: string): string {
    this.#length += 2;
    this.rt.budget.fits(Math.max(this.#length, part.length));
    return part;
  }

  #key(key: unknown): string {
    if (isText(key)) return this.#text(asText(key));
    if (key instanceof Tuple) throw new Problem('notJson', { type: 'tuple' });
    return JSON.stringify(this.write(key, 0));
  }

  #text(text: string): string {
    this.rt.budget.fits((this.#length += text.length));
    return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (one) => escapedUnit(one));
  }

  #bracketed([open, close]: string, parts: string[], level: number): string {
    if (parts.length === 0) return open + close;
    if (this.indent === undefined) return open + parts.join(', ') + close;
    const inner = `\n${this.indent.repeat(level + 1)}`;
    this.rt.budget.room(parts.length * inner.length);
    return `${open}${inner}${parts.join(`,${inner}`)}\n${this.indent.repeat(level)}${close}`;
  }
}

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return showFloat(value);
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

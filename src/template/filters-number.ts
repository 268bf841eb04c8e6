/** Filters on numbers, and from texts to numbers. */
import { missing } from './missing';
import { wholeNumber } from './arguments';
import type { Filter } from './filter';
import { fixed } from './format-number';
import { MAX_DIGITS } from './limits';
import { operations } from './operators';
import { Problem } from './problem';
import type { Runtime } from './values';
import {
  Float,
  float,
  integer,
  isFloat,
  isText,
  isTrue,
  numberOf,
  asText,
  typeName,
  Undefined,
} from './values';

export const numberFilters: Readonly<Record<string, Filter>> = {
  int: [['default?', 'base?'], (_, value, [otherwise = 0, base = 10]) => toInteger(value, otherwise, base)],
  float: [['default?'], (_, value, [otherwise = new Float(0)]) => toFloat(value) ?? otherwise],
  abs: [[], (_, value) => absolute(value)],
  round: [
    ['precision?', 'method?'],
    (rt, value, [precision = 0, method = 'common']) =>
      round(rt, value, wholeNumber('round', precision), method),
  ],
  filesizeformat: [['binary?'], (_, value, [binary]) => fileSize(value, isTrue(binary))],
};

function toInteger(value: unknown, otherwise: unknown, base: unknown): unknown {
  refuse(value, 'int');
  if (isText(value)) return fromText(asText(value), wholeNumber('int', base)) ?? otherwise;
  const number = numberOf(value);
  if (number === undefined) return otherwise;
  if (typeof number === 'bigint') return number;
  if (!Number.isFinite(number)) return otherwise;
  return integer(BigInt(Math.trunc(number)));
}

const prefixes: Partial<Record<number, RegExp>> = { 2: /^0b/i, 8: /^0o/i, 16: /^0x/i };

function fromText(text: string, base: number): unknown {
  if (text.length > MAX_DIGITS) throw new Problem('tooLarge');
  const [, sign, rest] = /^([-+]?)(.*)$/s.exec(text.trim()) ?? ['', '', ''];
  const prefix = prefixes[base];
  const digits = (prefix ? rest.replace(prefix, '') : rest).replace(/(?<=[0-9a-z])_(?=[0-9a-z])/gi, '');
  const letters = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, base);
  const whole = digits !== '' && [...digits.toLowerCase()].every((one) => letters.includes(one));
  if (whole) {
    const number = [...digits.toLowerCase()].reduce(
      (sum, one) => sum * BigInt(base) + BigInt(letters.indexOf(one)),
      0n,
    );
    return integer(sign === '-' ? -number : number);
  }
  const number = numberOf(parseFloatText(text));
  return number === undefined || !Number.isFinite(Number(number))
    ? undefined
    : integer(BigInt(Math.trunc(Number(number))));
}

function toFloat(value: unknown): unknown {
  refuse(value, 'float');
  if (isText(value)) return parseFloatText(asText(value));
  const number = numberOf(value);
  return number === undefined ? undefined : float(Number(number));
}

/** A float as Python reads it from a text. */
function parseFloatText(text: string): number | Float | undefined {
  const plain = text.trim().replace(/(?<=\d)_(?=\d)/g, '');
  if (/^[-+]?(?:inf|infinity)$/i.test(plain)) return plain.startsWith('-') ? -Infinity : Infinity;
  if (/^[-+]?nan$/i.test(plain)) return NaN;
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(plain) ? float(Number(plain)) : undefined;
}

function refuse(value: unknown, filter: string): void {
  if (value instanceof Undefined) throw missing(value, filter);
}

function absolute(value: unknown): unknown {
  refuse(value, 'abs');
  const number = numberOf(value);
  if (number === undefined)
    throw new Problem('wrongType', { name: 'abs', type: typeName(value), wanted: 'number' });
  const positive = number < 0 ? -number : number;
  return isFloat(value) ? float(Math.abs(Number(positive))) : positive;
}

/** Half to even on the exact value, as Python rounds; up and down for `ceil` and `floor`. */
function round(rt: Runtime, value: unknown, precision: number, method: unknown): unknown {
  if (method !== 'common' && method !== 'ceil' && method !== 'floor') throw new Problem('roundMethod');
  refuse(value, 'round');
  const number = numberOf(value);
  if (number === undefined)
    throw new Problem('wrongType', { name: 'round', type: typeName(value), wanted: 'number' });
  if (method === 'common') {
    return isFloat(value) ? float(roundFloat(Number(number), precision)) : roundInteger(number, precision);
  }
  const factor = operations['**'](rt, 10, precision);
  const scaled = Number(numberOf(operations['*'](rt, value, factor)));
  return operations['/'](
    rt,
    integer(BigInt(method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled))),
    factor,
  );
}

function roundInteger(number: number | bigint, precision: number): unknown {
  if (precision >= 0) return number;
  if (-precision > MAX_DIGITS) return 0;
  const unit = 10n ** BigInt(-precision);
  const whole = BigInt(number);
  const rest = ((whole % unit) + unit) % unit;
  const down = whole - rest;
  const up = rest * 2n > unit || (rest * 2n === unit && (down / unit) % 2n !== 0n);
  return integer(up ? down + unit : down);
}

function roundFloat(number: number, precision: number): number {
  if (!Number.isFinite(number) || precision > 50) return number;
  if (precision >= 0)
    return Number(fixed(Math.abs(number), precision)) * (number < 0 || Object.is(number, -0) ? -1 : 1);
  const unit = 10 ** -precision;
  return Number.isFinite(unit) ? roundFloat(number / unit, 0) * unit : 0;
}

function fileSize(value: unknown, binary: boolean): string {
  refuse(value, 'filesizeformat');
  const bytes = Number(numberOf(isText(value) ? (parseFloatText(asText(value)) ?? null) : value) ?? NaN);
  if (Number.isNaN(bytes))
    throw new Problem('wrongType', { name: 'filesizeformat', type: typeName(value), wanted: 'number' });
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  const letters = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  const power = letters.findIndex((_, index) => bytes < base ** (index + 2));
  const step = power < 0 ? letters.length - 1 : power;
  const letter = binary ? `${letters[step].toUpperCase()}i` : letters[step];
  return `${((base * bytes) / base ** (step + 2)).toFixed(1)} ${letter}B`;
}

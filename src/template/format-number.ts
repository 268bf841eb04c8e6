/** Numbers and texts in a given width and precision, as `%` and `str.format` write them. */
import { MAX_DIGITS, MAX_TEXT } from './limits';
import type { Budget } from './limits';
import { Problem } from './problem';
import { showFloat } from './python-print';

export interface Layout {
  fill: string;
  /** `<`, `>`, `^`, or `=`: the fill stands behind the sign. */
  align: string;
  sign: string;
  width: number;
}

/** Fills up to a width; a width without end is refused. */
export function pad(budget: Budget, text: string, layout: Layout): string {
  budget.room(Math.max(layout.width, text.length));
  const missing = layout.width - Array.from(text).length;
  if (missing <= 0) return text;
  if (layout.align === '^') {
    const left = Math.floor(missing / 2);
    return layout.fill.repeat(left) + text + layout.fill.repeat(missing - left);
  }
  if (layout.align === '<') return text + layout.fill.repeat(missing);
  const sign = layout.align === '=' ? (/^[-+ ]?(?:0[xXob])?/.exec(text)?.[0] ?? '') : '';
  return sign + layout.fill.repeat(missing) + text.slice(sign.length);
}

/** The sign in front of what is written for the absolute value. */
export function withSign(negative: boolean, digits: string, sign: string): string {
  if (negative) return `-${digits}`;
  return sign === '+' || sign === ' ' ? sign + digits : digits;
}

/** The digits of a float in one of the notations `e f g`, without sign. */
export function floatDigits(
  value: number,
  notation: string,
  precision: number | undefined,
  alternate: boolean,
): string {
  const number = Math.abs(value);
  const upper = notation !== notation.toLowerCase();
  const wanted = precision ?? 6;
  if (wanted > MAX_DIGITS) throw new Problem('tooLong', { limit: MAX_TEXT });
  if (!Number.isFinite(number)) return upper ? showFloat(number).toUpperCase() : showFloat(number);
  const places = Math.min(wanted, 100);
  const rest = '0'.repeat(wanted - places);
  const lower = notation.toLowerCase();
  const text =
    lower === 'e'
      ? exponent(number.toExponential(places))
      : lower === 'f'
        ? fixed(number, places) + rest
        : general(number, Math.max(places, 1), alternate);
  return upper ? text.toUpperCase() : text;
}

/**
 * A positive number with so many digits behind the point. Of two equally near results Python takes the even
 * one, JavaScript the larger.
 */
export function fixed(number: number, places: number): string {
  if (number >= 1e21) return BigInt(number).toString() + (places > 0 ? `.${'0'.repeat(places)}` : '');
  const exact = number.toFixed(Math.min(100, places + 50));
  const end = exact.indexOf('.') + 1 + places;
  const kept = exact.slice(0, end).replace(/\.$/, '');
  const isHalf = /^50*$/.test(exact.slice(end));
  return isHalf && /[02468]$/.test(kept) ? kept : number.toFixed(places);
}

function general(number: number, precision: number, alternate: boolean): string {
  const [digits, power] = number.toExponential(precision - 1).split('e');
  const strip = (text: string) => (alternate || !text.includes('.') ? text : text.replace(/\.?0+$/, ''));
  if (Number(power) < -4 || Number(power) >= precision) return exponent(`${strip(digits)}e${power}`);
  return strip(number.toFixed(Math.max(0, Math.min(100, precision - 1 - Number(power)))));
}

/** An exponent has two digits at least. */
function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Groups of three digits before the point. */
export function grouped(digits: string, separator: string): string {
  const [whole, ...rest] = digits.split(/(?=[.e])/);
  let out = '';
  for (let end = whole.length; end > 0; end -= 3) {
    out = whole.slice(Math.max(0, end - 3), end) + (out && separator) + out;
  }
  return out + rest.join('');
}

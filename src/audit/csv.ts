import { AUDIT_FIELDS, type AuditEntry } from './entry';

/** Spreadsheets take these at the beginning of a cell for a formula, in their wide forms too. */
const FORMULA = /^\s*[=+\-@\t\r\n|%＝＋－＠]/;

/** A cell that is nothing but text, wherever it is opened. */
export function cell(value: string): string {
  const text = FORMULA.test(value) ? `'${value}` : value;
  return `"${text.replaceAll('"', '""')}"`;
}

export const CSV_HEADER = `${AUDIT_FIELDS.map(cell).join(',')}\r\n`;

export function csvLine(entry: Partial<AuditEntry>): string {
  return `${AUDIT_FIELDS.map((name) => cell(wordsOf(entry[name]))).join(',')}\r\n`;
}

function wordsOf(value: AuditEntry[keyof AuditEntry] | undefined): string {
  if (value === undefined) return '';
  return Array.isArray(value) ? value.join(' ') : String(value);
}

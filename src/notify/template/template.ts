import { WorkflowError } from '../../text';

/** A piece of a template: text as it is, or a path to a value. */
type Part = { text: string } | { path: string[] };

/** A template that has been read and can be rendered with data. */
export interface Template {
  render(data: unknown): string;
}

/**
 * Reads a template: text with `{{ Event.info }}`, names and list positions joined by dots. This is the
 * part of Jinja2 that needs no engine; a missing value renders as nothing, True, False and None as in
 * Python, and one line end at the very end is dropped, all as MISP's renderer does.
 * @throws {WorkflowError} on anything else that Jinja2 would act on
 */
export function compileTemplate(source: string): Template {
  const parts = read(source.replace(/\n$/, ''));
  return {
    render: (data) => parts.map((part) => ('text' in part ? part.text : show(part.path, data))).join(''),
  };
}

function read(source: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of source.matchAll(/\{\{([\s\S]*?)\}\}|\{%|\{#|\{\{/g)) {
    const path = /^\s*([A-Za-z_][\w]*(?:\.[\w]+)*)\s*$/.exec(match[1] ?? '');
    const line = String(source.slice(0, match.index).split('\n').length);
    if (!path) throw new WorkflowError('template.unsupported', { line, text: match[0].slice(0, 40) });
    if (match.index > at) parts.push({ text: source.slice(at, match.index) });
    parts.push({ path: path[1].split('.') });
    at = match.index + match[0].length;
  }
  parts.push({ text: source.slice(at) });
  return parts;
}

function show(path: string[], data: unknown): string {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return '';
    value = (value as Record<string, unknown>)[step];
  }
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'object') throw new WorkflowError('template.notText', { path: path.join('.') });
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import type { MispAttribute } from '../../../src/event/core';
import { isUuid } from '../../../src/event/same';
import { compileTemplate, type Names } from '../../../src/template/template';
import { WorkflowError } from '../../../src/text';

/** The template of a new value, ready to be rendered; spaces around it do not count. */
export function templateOf(source: string): (data: unknown, names: Names) => string {
  const template = compileTemplate(source);
  return (data, names) => template.render(data, names).trim();
}

/** MISP's name for the attribute that is changed. */
const CURRENT = '__currentAttribute';

/**
 * The same for a value of attributes: rendered for each of them, or once if the template does not look at them.
 * @param count how many attributes there are at most
 */
export function attributeTemplateOf(
  source: string,
): (data: unknown, names: Names, count: number) => (attribute: MispAttribute) => string {
  const template = compileTemplate(source);
  const isForEach = template.mentions(CURRENT);
  return (data, names, count) => {
    const render = template.renderer(data, isForEach ? count : 0);
    if (isForEach) return (attribute) => render({ ...names, [CURRENT]: attribute }).trim();
    let text: string | undefined;
    return () => (text ??= render(names).trim());
  };
}

/** @throws {WorkflowError} if there is nothing */
export function valueOf(text: string): string {
  if (text === '') throw new WorkflowError('edit.empty');
  return text;
}

/** A point in time in ISO 8601; nothing clears it. @throws {WorkflowError} if it is none */
export function timeOf(text: string): string {
  if (text === '') return '';
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new WorkflowError('edit.badTime', { value: text });
  }
  return text;
}

/** A day. @throws {WorkflowError} if it is none */
export function dateOf(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime())) {
    if (date.toISOString().startsWith(text)) return text;
  }
  throw new WorkflowError('edit.badDate', { value: text });
}

/** A uuid, or nothing. @throws {WorkflowError} if it is something else */
export function uuidOf(text: string): string {
  if (text === '' || isUuid(text)) return text.toLowerCase();
  throw new WorkflowError('edit.badUuid', { value: text });
}

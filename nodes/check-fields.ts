import { checkPath } from '../src/event/check-path';
import { compileTemplate } from '../src/notify/template/template';
import type { Field, Fields, NodeFilter } from './definition';

/** What can be wrong with a value before it is used, by kind of field. Each throws what is wrong. */
const CHECKS: { [K in Field['kind']]?: (value: unknown) => void } = {
  hashpath: (path) => checkHashPath(String(path)),
  filter: (filter) => {
    const { selector, path } = filter as NodeFilter;
    checkHashPath(selector);
    checkHashPath(path);
  },
  template: (template) => void compileTemplate(String(template)),
};

/** @throws the first thing that is wrong with the settings of a node, in words */
export function checkFields(fields: Fields, config: Record<string, unknown>): void {
  for (const [name, { kind }] of Object.entries(fields)) CHECKS[kind]?.(config[name]);
}

function checkHashPath(path: string): void {
  const problem = checkPath(path);
  if (problem) throw problem;
}

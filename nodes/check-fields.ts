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

/**
 * The settings as a node gets them: what the form does not show, since another choice hides it, has its default value.
 * So what was typed there before can neither break nor change anything.
 */
export function visibleSettings<C extends Record<string, unknown>>(fields: Fields, config: C): C {
  const hidden = Object.entries(fields).filter(([, field]) => !isShown(fields, field, config, []));
  const defaults = hidden.flatMap(([name, field]) =>
    'default' in field ? [[name, field.default] as const] : [],
  );
  const types = hidden.flatMap(([name, field]) =>
    field.kind === 'typed' ? [[`${name}Type`, field.types[0]] as const] : [],
  );
  return { ...config, ...Object.fromEntries<unknown>([...defaults, ...types]) };
}

/** As the form does it: a field is hidden, too, while one that it depends on is hidden. */
function isShown(
  fields: Fields,
  { when = {} }: Field,
  config: Record<string, unknown>,
  through: readonly string[],
): boolean {
  return Object.entries(when).every(([other, wanted]) => {
    if (![wanted].flat().includes(config[other] as string | boolean)) return false;
    const field = fields[other];
    return !field || through.includes(other) || isShown(fields, field, config, [...through, other]);
  });
}

/** @throws the first thing that is wrong with the settings of a node, in words */
export function checkFields(fields: Fields, config: Record<string, unknown>): void {
  for (const [name, { kind }] of Object.entries(fields)) CHECKS[kind]?.(config[name]);
}

function checkHashPath(path: string): void {
  const problem = checkPath(path);
  if (problem) throw problem;
}

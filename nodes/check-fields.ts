import { checkPath } from '../src/event/check-path';
import { applies } from '../src/checks/fields';
import { compileTemplate } from '../src/template/template';
import { WorkflowError } from '../src/text';
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
  const isOther = (other: string) => {
    const field = fields[other];
    return !field || through.includes(other) || isShown(fields, field, config, [...through, other]);
  };
  return [when]
    .flat()
    .some((one) => applies({ when: one }, (other) => config[other]) && Object.keys(one).every(isOther));
}

/** @throws the first thing that is wrong with the settings of a node, in words */
export function checkFields(fields: Fields, config: Record<string, unknown>): void {
  for (const [name, { kind }] of Object.entries(fields)) CHECKS[kind]?.(config[name]);
}

/** Node-RED puts the value of an environment variable in such a place, and leaves the place if there is none. */
const PLACE = /^\$(?:\{\S+\}|\(\S+\))$/;

/** @throws if a secret is an environment variable that is not set: its name must not be taken for the password */
export function checkSecrets(
  fields: Fields,
  config: Record<string, unknown>,
  secrets: Record<string, string>,
): void {
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind !== 'secret' || !applies(field, (other) => config[other])) continue;
    const value = secrets[name];
    if (PLACE.test(value)) throw new WorkflowError('secret.notSet', { place: value });
  }
}

function checkHashPath(path: string): void {
  const problem = checkPath(path);
  if (problem) throw problem;
}

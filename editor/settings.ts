import { textFrom } from './show';
import type { Field, Fields, NodeFilter } from '../nodes/definition';
import { formerNames } from '../nodes/migrate';
import { applies, isMissing } from '../src/checks/fields';
import { secretsOf } from './known-secrets';
import { settingOf } from './open-form';
import type { Registered } from './plugin';

export { applies };

type ValueOf = (name: string) => unknown;
type Defaults = NonNullable<EditorNodeType['defaults']>;
type SecretField = Extract<Field, { kind: 'secret' }>;

/** The settings of a type as Node-RED wants them. */
export function defaultsOf({ family, version, fields, migrations }: Registered): Defaults {
  const defaults: Defaults = {
    name: { value: '' },
    version: { value: version, validate: secretsValidator(fields) },
  };
  // What an imported node remembers of MISP's block: no setting, and given back by an export (src/workflow/memory.ts).
  if (family !== 'config') defaults.misp = { value: undefined };
  // Node-RED drops settings that are not named here, and a migration needs the old ones.
  for (const former of formerNames({ migrations })) defaults[former] = { value: undefined };
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'secret') continue;
    if (field.kind === 'config') {
      // Node-RED's own check of a reference knows no conditions.
      const required = Boolean(field.required) && !field.when;
      defaults[name] = { value: '', type: field.type, required };
      if (field.when) defaults[name].validate = validatorOf(name, field);
      continue;
    }
    if (field.kind === 'typed') defaults[`${name}Type`] = { value: field.types[0] };
    defaults[name] = { value: structuredClone(field.default), validate: validatorOf(name, field) };
  }
  return defaults;
}

/** The secrets of a type as Node-RED wants them. */
export function credentialsOf({ fields }: Registered): EditorNodeType['credentials'] {
  const secrets = secretFields(fields);
  if (secrets.length === 0) return undefined;
  return Object.fromEntries(secrets.map(([name, field]) => [name, { type: field.secret }]));
}

function secretFields(fields: Fields): [string, SecretField][] {
  return Object.entries(fields).flatMap(([name, field]): [string, SecretField][] =>
    field.kind === 'secret' ? [[name, field]] : [],
  );
}

/** A value such as ${PORT} is filled in by Node-RED from the environment. */
const isEnvironment = (value: string) => /^\$\{[^}]+\}$/.test(value);

/** Node-RED does not look at credentials: what is wrong with them is said with a setting that every node has. */
function secretsValidator(fields: Fields): Validator {
  const required = secretFields(fields).filter(([, field]) => field.required);
  return function (_value, options) {
    const secrets = secretsOf(this);
    if (!secrets) return true;
    const lacking = required.find(
      ([name, field]) =>
        applies(field, (other) => settingOf(this, other)) &&
        isMissing(field, secrets[name] || secrets[`has_${name}`], () => ''),
    );
    if (!lacking) return true;
    return options ? problemText(this, lacking[0], lacking[1], '', () => '') : false;
  };
}

/** Node-RED's validator of a field: true, or words that say what is wrong. */
function validatorOf(name: string, field: Field): Validator {
  return function (value, options) {
    const valueOf = (other: string) => settingOf(this, other);
    if (!applies(field, valueOf)) return true;
    const text = problemText(this, name, field, value, valueOf);
    return text === '' || (options ? text : false);
  };
}

/**
 * What is wrong with a value of a node's field, in words; an empty text if nothing is.
 * @param valueOf the value of another field, or the type of a `typed` one
 */
export function problemText(
  node: EditorNode,
  name: string,
  field: Field,
  value: unknown,
  valueOf: ValueOf,
): string {
  const label = node._(`${node.type}.fields.${name}.label`);
  const problem = problemOf(field, value, valueOf);
  if (problem) {
    return textFrom(node, `${node.type}.problems.${problem}`, { ...field, label });
  }
  if (field.kind !== 'typed' || textOf(value) === '') return '';
  const type = (valueOf(`${name}Type`) ?? field.types[0]) as string;
  const valid = RED.utils.validateTypedProperty(value, type, { label });
  return valid === true ? '' : valid;
}

/** What is wrong with a value, as a key of `problems` in the texts. */
export function problemOf(field: Field, value: unknown, valueOf: ValueOf = () => ''): string | undefined {
  const text = textOf(value).trim();
  if (isMissing(field, value, valueOf)) return 'required';
  if (isEnvironment(text)) return undefined;
  if (field.kind === 'config') return RED.nodes.node(text)?.valid === false ? 'config' : undefined;
  if (field.kind === 'number') {
    const number = Number(text);
    // Node-RED shows a 0 of a config node as nothing.
    if (text === '') return field.default === 0 ? undefined : 'number';
    return number >= field.min && number <= field.max ? undefined : 'number';
  }
  if (field.kind === 'text' && field.pattern && text !== '' && !new RegExp(field.pattern).test(text))
    return field.message;
  if ((field.kind === 'list' || field.kind === 'params') && field.pattern && Array.isArray(value)) {
    const pattern = new RegExp(field.pattern);
    const entries = (value as unknown[]).map((entry) => (typeof entry === 'string' ? entry : nameOf(entry)));
    if (entries.some((entry) => !isEnvironment(entry) && !pattern.test(entry))) return field.message;
  }
  if (field.kind === 'select' && !field.options.includes(text)) return 'option';
  if (field.kind === 'hashpath' && !isBalanced(text)) return 'path';
  if (field.kind === 'filter') {
    const { selector, path } = (value ?? {}) as Partial<NodeFilter>;
    if (!isBalanced(selector, path)) return 'path';
  }
  return undefined;
}

/** The name in a row of several columns. */
const nameOf = (row: unknown) => textOf((row as { name?: unknown } | null)?.name);

/** A value as the text of an input: what is none, as JavaScript has it. */
function textOf(value: unknown): string {
  return [value].join('');
}

/** Brackets that do not close; the rest of a path is checked by the runtime, which reads it. */
function isBalanced(...paths: (string | undefined)[]): boolean {
  return paths.every((path = '') => {
    // What a regular expression has in brackets of its own does not count.
    const plain = path.replace(/=\s*\/.*?\/\w*\]/gs, ']');
    return plain.split('[').length === plain.split(']').length;
  });
}

import messages from '../locales/en-US/messages.json';

/** Values that a text may name: `__port__` in the text is replaced by `params.port`. */
export type TextParams = Record<string, string | number>;

const catalogue: Record<string, string> = messages.messages;

/**
 * The English text of a message of the library, from `locales/en-US/messages.json`.
 * Node-RED's own notation for parameters is used, so that nodes can translate the same key.
 */
export function text(key: string, params: TextParams = {}): string {
  const template = catalogue[key];
  if (template === undefined) return key;
  return template.replace(/__(\w+)__/g, (whole, name: string) =>
    Object.hasOwn(params, name) ? String(params[name]) : whole,
  );
}

/** An error that a user can act on; `key` and `params` let a node show it in the editor's language. */
export class WorkflowError extends Error {
  constructor(
    readonly key: string,
    readonly params: TextParams = {},
    options?: ErrorOptions,
  ) {
    super(text(key, params), options);
    this.name = 'WorkflowError';
  }
}
